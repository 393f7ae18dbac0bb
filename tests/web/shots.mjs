// shots.mjs FOLDER [PAGE] [SIZE] [THEME]: pictures of pages, to be looked at.
import { fileName, launch, open, PAGES, SIZES, THEMES, verdict } from './browser.mjs';

const [folder, wanted = 'all', sizes = 'desk', themes = 'dark'] = process.argv.slice(2);
const browser = await launch();
for (const path of wanted === 'all' ? PAGES : wanted.split(',')) {
    for (const size of sizes === 'all' ? Object.keys(SIZES) : sizes.split(',')) {
        for (const theme of themes === 'all' ? THEMES : themes.split(',')) {
            const page = await open(browser, { path, size: SIZES[size], theme });
            await verdict(page).filter({ hasText: /Ready|Degraded|Not safe/ }).waitFor();
            await page.waitForTimeout(Number(process.env.SETTLE ?? 2500));
            await page.screenshot({ path: `${folder}/${fileName(path)}-${size}-${theme}.png`, fullPage: true });
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            if (wide > 0 || page.complaints.length) console.log(path, size, theme, 'wider by', wide, page.complaints);
            await page.context().close();
        }
    }
}
await browser.close();
process.exit(0);
