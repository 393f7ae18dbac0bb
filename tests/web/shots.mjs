// shots.mjs FOLDER [PAGES] [SIZES] [THEMES]: pictures of pages, to be looked at. Without more than a folder: those that the documentation has.
// KILL=1: after host 1 died. REHEARSE=1: while it is held silent. DIR=rtl: written from right to left.
import { fileName, launch, open, order, PAGES, SIZES, THEMES, URL_OF, verdict } from './browser.mjs';

const SHOWN = { ...SIZES, desk: [1200, 800] };
/** What is seen of half a minute, and of two minutes, comes last: until then there is something. */
const VIEWS = [...PAGES.toReversed(), '/controller?view=walk', '/monitor?view=walk', '/monitor?view=state'];
const SETTLE = { '/monitor?view=state': 25_000 };
const [folder, wanted, sizes = 'desk', themes = 'dark'] = process.argv.slice(2);
const browser = await launch();

/** A controller that plays, with what an application sent back. */
async function play(page) {
    await page.getByRole('button', { name: 'Start playing' }).click();
    await page.waitForTimeout(1000); // its lamps are looked at
    await order('light', 1, '90307F90370590343090247F902805B01055B01220B01470B03040B0325A');
    await page.getByTestId('cc-17').fill('96');
    await page.getByTestId('cc-49').fill('70');
    await page.getByTestId('keys').focus();
    await page.keyboard.down('d');
    await page.evaluate(() => scrollTo(0, 0));
}

async function shoot(path, size, theme, direction = 'ltr', called = null) {
    const page = await open(browser, { path, size: SHOWN[size], theme });
    await page.evaluate((dir) => (document.documentElement.dir = dir), direction);
    await verdict(page).filter({ hasText: /Ready|Degraded|Not safe/ }).waitFor();
    if (path === '/controller') await play(page);
    await page.waitForTimeout(Number(process.env.SETTLE ?? SETTLE[path] ?? 2500));
    const name = fileName(path).replace('?view=', '-');
    await page.screenshot({ path: `${folder}/${name}-${called ?? size}-${theme}.png`, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0 || page.complaints.length) process.exitCode = 1;
    if (wide > 0 || page.complaints.length) console.log(`BAD   ${path} ${size} ${theme}: wider by ${wide}, ${page.complaints}`);
    await page.context().close();
}

/** What the dialog does; it runs while the pictures are taken. */
async function rehearse(host) {
    const answer = await fetch(`${URL_OF}/api/rehearsal`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ host, seconds: 60 }) });
    if (!answer.ok) throw new Error(`the rehearsal: ${await answer.text()}`);
}

const list = (said, all) => (said === 'all' ? all : said.split(','));
if (process.env.REHEARSE) await rehearse(Number(process.env.REHEARSE));
if (process.env.KILL) await order('kill-host', Number(process.env.KILL)); // a show that lost a host
if (wanted) {
    for (const path of list(wanted, VIEWS)) for (const size of list(sizes, Object.keys(SHOWN))) for (const theme of list(themes, THEMES)) await shoot(path, size, theme, process.env.DIR, process.env.DIR);
} else {
    for (const path of VIEWS) {
        for (const theme of THEMES) await shoot(path, 'desk', theme);
        await shoot(path, 'phone', 'dark');
    }
    await shoot('/', 'desk', 'dark', 'rtl', 'rtl');
    await shoot('/monitor', 'desk', 'dark', 'rtl', 'rtl');
    await rehearse(1);
    for (const theme of THEMES) await shoot('/failover', 'desk', theme, 'ltr', 'rehearsal');
    await shoot('/failover', 'phone', 'dark', 'ltr', 'rehearsal-phone');
    await fetch(`${URL_OF}/api/rehearsal`, { method: 'DELETE', headers: { 'Content-Type': 'application/json' }, body: '{}' });
    await new Promise((resolve) => setTimeout(resolve, 5000)); // until the host was heard again for a while
    await order('kill-host', 2); // the one that is played since
    await shoot('/failover', 'desk', 'dim', 'ltr', 'lost');
}
await browser.close();
process.exit();
