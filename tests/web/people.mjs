// Those who have no mouse: a keyboard alone, a phone, a tablet; and dialogs before axe.
import { AxeBuilder, check, open, PAGES, SIZES, THEMES, visit } from './browser.mjs';
import { api, browser, clearAlarm, finish, journey, ready, silent, until, whole } from './journey.mjs';

/** Where the keyboard is, in few words; and whether that can be seen. */
const focused = (page) => page.evaluate(() => {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    one.toggleAttribute('data-reached', true);
    return { words: (one.getAttribute('aria-label') ?? one.textContent).trim().replace(/\s+/g, ' '), tag: one.tagName, seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 };
});

/** Tabs on to what has these words; how a person finds it. */
async function tabTo(page, words, most = 80) {
    for (let n = 0; n < most; n++) {
        await page.keyboard.press('Tab');
        if (words.test((await focused(page)).words)) return;
    }
    throw new Error(`Tab never comes to ${words}`);
}

await whole();
await journey('keyboard: every control of every page is reached, in sight, and none holds the keyboard', async () => {
    const page = await open(browser);
    await ready(page);
    await page.keyboard.press('Tab');
    check((await focused(page)).words === 'Skip to the page', 'the first one skips the menu');
    await page.keyboard.press('Enter');
    check((await focused(page)).tag === 'MAIN', 'and then the keyboard is on the page');
    const wrong = [];
    for (const path of PAGES) {
        await visit(page, path);
        await page.evaluate(() => document.body.focus());
        const unseen = new Set();
        for (let n = 0; n < 150; n++) {
            await page.keyboard.press('Tab');
            const now = await focused(page);
            if (now.tag === 'BODY') break;
            if (!now.seen) unseen.add(now.words);
        }
        const missed = await page.evaluate(() => {
            const all = [...document.querySelectorAll('a[href], button:enabled, select:enabled, input:enabled, textarea:enabled, summary, [tabindex="0"]')].filter((one) => one.getClientRects().length);
            const named = all.filter((one) => !one.hasAttribute('data-reached')).map((one) => `${one.tagName} ${one.textContent.slice(0, 20)}`);
            for (const one of document.querySelectorAll('[data-reached]')) one.removeAttribute('data-reached');
            return named;
        });
        if (unseen.size) wrong.push(`${path}: the keyboard is not seen on ${[...unseen]}`);
        if (missed.length) wrong.push(`${path}: never reached: ${missed}`);
    }
    check(wrong.length === 0, wrong.join('; '));
    silent(page);
});

await journey('keyboard: disarm, leave by Escape, arm, switch hosts; and the keyboard is where it was', async () => {
    const page = await open(browser, { path: '/failover' });
    await ready(page);
    await clearAlarm(page);
    const gone = () => page.getByRole('dialog').waitFor({ state: 'detached' });
    const isOn = async (words) => check(words.test((await focused(page)).words), `the keyboard is on ${(await focused(page)).words}, not on ${words}`);
    await tabTo(page, /^Disarm…/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await gone();
    await isOn(/^Disarm…/);
    check((await api('status')).armed === true, 'Escape changes nothing');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, /^Cancel/);
    await page.keyboard.press('Enter');
    await gone();
    await isOn(/^Disarm…/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(page, /^Disarm$/);
    await page.keyboard.press('Enter');
    await page.getByTestId('armed').filter({ hasText: 'Disarmed' }).waitFor();
    await ready(page, /Degraded/);
    await gone();
    await tabTo(page, /^Arm$/);
    await page.keyboard.press('Enter');
    await page.getByTestId('armed').filter({ hasText: /^.?Armed/ }).waitFor();
    await whole();
    const before = (await api('status')).active_host;
    await tabTo(page, /^Switch…/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^Switch to/);
    await page.keyboard.press('Enter');
    await page.getByTestId('switched').filter({ hasText: '2 of 2' }).waitFor();
    check((await api('failover')).active_host !== before, 'the hosts are switched');
    await tabTo(page, /^Close/);
    await page.keyboard.press('Enter');
    await gone();
    silent(page);
});

await journey('keyboard: pages by their letters, a point of the curve, the log', async () => {
    const page = await open(browser);
    await ready(page);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    for (const key of ['g', 'p']) await page.keyboard.press(key);
    await page.locator('main[data-page="/pipeline"]').waitFor();
    await page.getByTestId('curve-told').waitFor();
    await tabTo(page, /^(Linear|Fixed|Points)/);
    await page.keyboard.type('Points');
    await tabTo(page, /^Velocity curve/);
    for (const key of ['PageDown', 'PageDown', 'ArrowUp', 'ArrowUp']) await page.keyboard.press(key);
    await page.getByTestId('curve-told').filter({ hasText: 'Point 2: 32 becomes 34' }).waitFor();
    await tabTo(page, /^Discard/);
    await page.keyboard.press('Enter');
    await page.getByTestId('pipeline-state').filter({ hasText: 'all hosts do now' }).waitFor();
    for (const key of ['g', 'm']) await page.keyboard.press(key);
    await page.locator('main[data-page="/monitor"]').waitFor();
    await until(async () => /^([3-9]\d|\d{3,}) taken/.test(await page.getByTestId('taken').textContent()), 'messages');
    await tabTo(page, /^Messages, the newest/);
    await page.keyboard.press('PageUp');
    await page.getByTestId('paused').waitFor();
    silent(page);
});

/** As a finger does it. */
async function drag(page, [x, y], [toX, toY]) {
    const session = await page.context().newCDPSession(page);
    const touch = (type, touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', [{ x, y }]);
    for (let n = 1; n <= 5; n++) await touch('touchMove', [{ x: x + ((toX - x) * n) / 5, y: y + ((toY - y) * n) / 5 }]);
    await touch('touchEnd', []);
}
const inSight = (locator) => locator.evaluate((one) => {
    const box = one.getBoundingClientRect();
    return box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
});

for (const size of ['phone', 'tablet']) {
    await journey(`${size}: look, switch, give the focus, bend a curve, pause, all by touch`, async () => {
        await whole();
        const page = await open(browser, { size: SIZES[size], touch: true });
        await ready(page);
        const go = async (name, path) => {
            await page.getByRole('navigation').getByRole('link', { name }).tap();
            await page.locator(`main[data-page="${path}"]`).waitFor();
            check(await inSight(page.locator('nav a[aria-current]')), `${name}: where one is can be seen in the menu`);
        };
        await go('Failover', '/failover');
        const before = (await api('status')).active_host;
        await page.getByRole('button', { name: 'Switch…' }).tap();
        const confirm = page.getByRole('dialog').getByRole('button', { name: /^Switch to/ });
        check(await inSight(confirm), 'the button that confirms is in sight');
        await confirm.tap();
        await page.getByTestId('switched').filter({ hasText: '2 of 2' }).waitFor();
        check((await api('failover')).active_host !== before, 'the hosts are switched');
        await page.getByRole('button', { name: 'Close' }).tap();
        await go('Focus & devices', '/devices');
        const give = page.getByRole('button', { name: /^Give focus/ }).first(); // whoever does not have it
        const taker = (await give.textContent()).split(': ')[1];
        await give.tap();
        await page.getByTestId('holder').filter({ hasText: `${taker} has the focus` }).waitFor();
        await page.getByRole('button', { name: 'Back to automatic' }).tap();
        await until(async () => !(await api('focus')).by_hand, 'back to automatic');
        await go('Pipeline', '/pipeline');
        await page.getByRole('combobox', { name: /^Curve/ }).selectOption('points');
        await page.locator('canvas').scrollIntoViewIfNeeded();
        const box = await page.locator('canvas').boundingBox();
        await drag(page, [box.x + box.width / 2, box.y + box.height / 2], [box.x + box.width / 2, box.y + box.height / 4]);
        await page.getByTestId('curve-told').filter({ hasText: /Point 3: 6\d becomes (9\d|1\d\d)/ }).waitFor();
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        check(wider <= 0 && (await page.evaluate(() => innerWidth)) === SIZES[size][0], `with a change that waits the page is as wide as the screen: ${wider}`);
        await page.getByRole('button', { name: 'Discard changes' }).tap();
        await go('Monitor', '/monitor');
        await page.getByTestId('tapped').filter({ hasText: 'live' }).first().waitFor();
        await page.getByRole('button', { name: 'Pause' }).tap();
        await page.getByTestId('paused').filter({ hasText: /^Paused: [1-9]/ }).waitFor();
        await go('Settings', '/settings');
        await page.goBack();
        await page.locator('main[data-page="/monitor"]').waitFor();
        silent(page);
    });
}

await journey('axe finds nothing serious in dialogs and in the other views, in every theme', async () => {
    await whole();
    const found = [];
    for (const theme of THEMES) {
        const page = await open(browser, { path: '/failover', theme });
        await ready(page);
        const judge = async (where, part = 'main') => {
            const { violations } = await new AxeBuilder({ page }).include(part).analyze();
            for (const one of violations.filter((v) => ['serious', 'critical'].includes(v.impact))) found.push(`${theme} ${where} ${one.id}: ${one.nodes.map((node) => node.target).slice(0, 3).join(' | ')}`);
        };
        for (const name of ['Switch…', 'Disarm…', 'Rehearse…', 'Keys and help']) {
            await page.getByRole('button', { name }).click();
            await page.getByRole('dialog').waitFor();
            await judge(name, 'dialog');
            await page.keyboard.press('Escape');
            await page.getByRole('dialog').waitFor({ state: 'detached' });
        }
        for (const view of ['/monitor?view=state', '/monitor?view=walk', '/controller?view=walk', '/latency?since=open', '/settings?view=text']) {
            await visit(page, view);
            await judge(view);
        }
        silent(page);
        await page.context().close();
    }
    check(found.length === 0, found.join('\n      '));
});

await finish();
