// How fast the dashboard is, in Chromium, with real hosts and clients: a JSON line for each figure. measure.mjs DIST
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder, launch, open, order, PAGES, THEMES, verdict, visit } from './browser.mjs';

const browser = await launch();
const report = (name, value, unit, method) => console.log(JSON.stringify({ name: `web.${name}`, value, unit, method }));
const ready = (page) => verdict(page).filter({ hasText: 'Ready' }).waitFor({ timeout: 30_000 });
const FLOOD = 3000;
const SECONDS = 12;

/** Since the navigation began, by the page's own clock. */
async function firstData() {
    const page = await open(browser);
    const took = await page.waitForFunction(() => /Ready/.test(document.querySelector('[data-testid=verdict]')?.textContent ?? '') && document.querySelectorAll('[data-testid^=client-]').length > 0 && performance.now());
    const value = await took.jsonValue();
    await page.context().close();
    return value;
}

/** The moment by the wall's clock at which the banner is there, or is gone. */
const watch = (page) => page.evaluate(() => {
    window.seen = {};
    new MutationObserver(() => {
        const there = document.querySelector('[data-testid=stale]') !== null;
        if (there) window.seen.shown ??= Date.now();
        else if (window.seen.shown) window.seen.hidden ??= Date.now();
    }).observe(document.body, { childList: true, subtree: true });
});

async function outage() {
    const page = await open(browser, { path: '/failover' });
    await ready(page);
    await watch(page);
    const killed = Date.now();
    await order('kill-admin');
    await page.waitForFunction(() => window.seen.shown, null, { timeout: 10_000 });
    await page.waitForTimeout(3000); // back-off is at its longest
    const back = Date.now();
    await order('start-admin');
    await page.waitForFunction(() => window.seen.hidden, null, { timeout: 10_000 });
    const seen = await page.evaluate(() => window.seen);
    await page.context().close();
    return { stale: seen.shown - killed, live: seen.hidden - back };
}

async function frames(view) {
    const page = await open(browser, { path: `/monitor?tap=in&host=1&view=${view}`, motion: 'no-preference' });
    await ready(page);
    await page.getByTestId('tapped').filter({ hasText: 'live' }).waitFor();
    await page.waitForTimeout(1500);
    const said = await page.evaluate((ms) => new Promise((resolve) => {
        const stamps = [];
        const turn = (now) => {
            stamps.push(now);
            if (now - stamps[0] < ms) return requestAnimationFrame(turn);
            const gaps = stamps.slice(1).map((stamp, index) => stamp - stamps[index]).sort((a, b) => a - b);
            resolve({ fps: (1000 * gaps.length) / (now - stamps[0]), p99: gaps[Math.floor(gaps.length * 0.99)], longest: gaps.at(-1) });
        };
        requestAnimationFrame(turn);
    }), SECONDS * 1000);
    if (view === 'log') {
        const taken = async () => Number((await page.getByTestId('taken').textContent()).split(' ')[0].replaceAll(',', ''));
        const [before, began] = [await taken(), Date.now()];
        await page.waitForTimeout(5000);
        said.rate = ((await taken()) - before) / ((Date.now() - began) / 1000);
        said.left = /(\d[\d,]* dropped).*?(\d[\d,]* lost)/.exec(await page.getByTestId('taken').locator('..').textContent()).slice(1).join(', ');
    }
    await page.context().close();
    return said;
}

async function serious() {
    let found = 0;
    for (const theme of THEMES) {
        const page = await open(browser, { theme });
        for (const path of PAGES) {
            await visit(page, path);
            found += (await new AxeBuilder({ page }).analyze()).violations.filter((one) => ['serious', 'critical'].includes(one.impact)).length;
        }
        await page.context().close();
    }
    return found;
}

function bundle(folder) {
    const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
    return files.reduce((sum, path) => sum + gzipSync(readFileSync(path), { level: 9 }).length, 0) / 1000;
}

const times = async (count, act) => {
    const all = [];
    for (let n = 0; n < count; n++) all.push(await act());
    return all;
};
const where = 'Debian’s Chromium, headless, against two hosts, two clients and midi-admin';
await times(1, firstData); // the browser is warm
report('first_data_ms', Math.max(...(await times(5, firstData))), 'ms', `${where}; from the navigation to verdict and clients on the page, nothing cached; the slowest of 5`);
const outages = await times(4, outage);
report('stale_banner_ms', Math.max(...outages.map((one) => one.stale)), 'ms', `${where}; from SIGKILL of midi-admin to the banner; the slowest of 4`);
report('live_again_ms', Math.max(...outages.map((one) => one.live)), 'ms', `${where}; from the start of midi-admin, 3 s later, to the banner gone; the slowest of 4`);
await order('flood', FLOOD);
const log = await frames('log');
const state = await frames('state');
await order('flood', 0);
const told = (one) => `${one.fps.toFixed(1)} fps, p99 ${one.p99.toFixed(1)} ms, longest ${one.longest.toFixed(0)} ms`;
report('fps_at_3000_events', Math.min(log.fps, state.fps), 'frames/s', `${where}; requestAnimationFrame over ${SECONDS} s at 1440 x 900 without a graphics processor, ${FLOOD} messages/s played into each host; log: ${told(log)}, ${log.rate.toFixed(0)} messages/s taken, ${log.left}; state: ${told(state)}; the lower`);
report('axe_serious', await serious(), 'findings', `${where}; serious and critical, ${PAGES.length} pages in ${THEMES.length} themes`);
report('bundle_kb_gzip', bundle(process.argv[2]), 'kB', 'all files of the dashboard, gzip -9');
await browser.close();
process.exit(0);
