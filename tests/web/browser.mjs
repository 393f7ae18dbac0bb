// What all browser scripts share: the distribution's Chromium, and orders to the show around it.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../../dashboard/package.json', import.meta.url));
const { chromium } = require('playwright-core');
export const AxeBuilder = require('@axe-core/playwright').default;

export const URL_OF = process.env.MIDINET_URL;
export const TOKEN = process.env.MIDINET_TOKEN ?? '';
export const PAGES = require('./pages.json');
export const THEMES = ['dark', 'dim', 'light'];
export const SIZES = { phone: [320, 640], tablet: [820, 1180], desk: [1440, 900], wall: [3840, 2160] };

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Has show.py do something, waits until it is done, and gives its answer. */
export async function order(what, number = 0, data = '') {
    console.log(JSON.stringify({ do: what, number, data }));
    return JSON.parse((await answers.next()).value);
}

/** The messages of channels that a client gave to its port since this was asked last: [status, data…]. */
export async function delivered(client) {
    const messages = [];
    for (const byte of Buffer.from(await order('delivered', client), 'hex')) {
        if (byte >= 0xf0) continue;
        if (byte >= 0x80) messages.push([byte]);
        else if (messages.length && messages.at(-1).length > 2) messages.push([messages.at(-1)[0], byte]); // running status
        else messages.at(-1)?.push(byte);
    }
    return messages.filter((message) => message.length === 3);
}

export const launch = () => chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });

/** A page whose complaints are kept in `page.complaints`. */
export async function open(browser, { path = '/', size = SIZES.desk, theme = 'dark', token = TOKEN, motion = 'reduce', touch = false } = {}) {
    const context = await browser.newContext({ viewport: { width: size[0], height: size[1] }, reducedMotion: motion, hasTouch: touch, isMobile: touch });
    await context.addInitScript(([theme, token]) => {
        localStorage.setItem('midinet.theme', theme);
        if (token) sessionStorage.setItem('midinet.token', token);
    }, [theme, token]);
    const page = await context.newPage();
    page.complaints = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && page.complaints.push(message.text()));
    page.on('pageerror', (error) => page.complaints.push(String(error)));
    await page.goto(URL_OF + path);
    return page;
}

/** Goes to another page of the dashboard without loading it anew. */
export async function visit(page, path) {
    await page.evaluate((to) => {
        history.pushState(null, '', to);
        dispatchEvent(new PopStateEvent('popstate'));
    }, path);
    await page.locator(`main[data-page="${path.split('?')[0]}"] section`).first().waitFor();
    await page.waitForFunction(() => !document.querySelector('main section[aria-busy=true]')); // every panel has its data
}

export const verdict = (page) => page.getByTestId('verdict');
export const fileName = (path) => (path === '/' ? 'overview' : path.slice(1));

export function check(good, what) {
    if (!good) throw new Error(what);
}
