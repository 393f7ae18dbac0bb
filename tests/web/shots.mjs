// shots.mjs FOLDER [PAGES] [SIZES] [THEMES]: pictures of pages, to be looked at. KILL=1: after host 1 died.
import { fileName, launch, open, order, PAGES, SIZES, THEMES, verdict } from './browser.mjs';

const [folder, wanted = 'all', sizes = 'desk', themes = 'dark'] = process.argv.slice(2);
const browser = await launch();
if (process.env.KILL) await order('kill-host', Number(process.env.KILL)); // a show that lost a host
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
