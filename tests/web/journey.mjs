// Journeys: what people do with the dashboard, one after the other, and what they have in common. One failure does not hide the next.
import { check, launch, URL_OF, verdict } from './browser.mjs';

export const browser = await launch();
export const figures = {};
const failures = [];
const wanted = process.argv[2];

export async function journey(name, act) {
    if (wanted && !name.includes(wanted)) return;
    const began = Date.now();
    try {
        await act();
        console.log(`good  ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
        failures.push(name);
        console.log(`BAD   ${name}: ${error.message}${await shown()}`);
    }
    for (const context of browser.contexts()) await context.close();
}

/** What every page that is open says, for who was not there. */
async function shown() {
    const pages = browser.contexts().flatMap((context) => context.pages());
    const texts = await Promise.all(pages.map((page) => page.locator('body').innerText({ timeout: 2000 }).catch((error) => error.message)));
    return pages.map((page, index) => `\n${page.url()} says:\n${texts[index]}`).join('');
}

/** Says what was measured and what failed, and ends. */
export async function finish() {
    console.log(`figures ${JSON.stringify(figures)}`);
    await browser.close();
    if (failures.length) console.log(`failed: ${failures.join('; ')}`);
    process.exit(failures.length ? 1 : 0);
}

export async function ready(page, word = /Ready/) {
    try {
        await verdict(page).filter({ hasText: word }).waitFor({ timeout: 20_000 });
    } catch {
        throw new Error(`the page says "${await page.locator('body').innerText()}", and the API ${JSON.stringify(await api('status'))}`);
    }
}
export const api = async (path, wish = {}) => (await fetch(`${URL_OF}/api/${path}`, { ...wish, headers: wish.body ? { 'Content-Type': 'application/json' } : {} })).json();

export async function until(good, what, ms = 15_000) {
    const end = Date.now() + ms;
    while (!(await good())) {
        check(Date.now() < end, typeof what === 'function' ? what() : what);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** Two hosts, two clients, nothing wrong, and nobody was switched just now. */
export async function whole() {
    let last;
    await until(async () => {
        last = await api('status');
        return last.verdict === 'ready' && last.hosts.present === 2 && last.clients.present === 2 && last.lockout_left_ms === 0;
    }, () => `the show is whole, not ${JSON.stringify(last)}`, 30_000);
}

/** On a busy machine music does come late. Of that these journeys are not: an alert that comes while they look would be one more control. */
await api('alerts/config', { method: 'PUT', body: JSON.stringify({ latency_p95: { hold_s: 3600 } }) });

/** What happened before this journey is none of its business. */
export async function clearAlarm(page) {
    await page.locator('main section[aria-busy=false]', { has: page.getByRole('heading', { name: 'What happened' }) }).waitFor();
    if (await page.getByTestId('alarm').count()) await page.getByRole('button', { name: 'Clear alarm' }).click();
    await page.getByTestId('alarm').waitFor({ state: 'detached' });
}

export const silent = (page) => check(page.complaints.length === 0, `the console says ${page.complaints.join('; ')}`);
