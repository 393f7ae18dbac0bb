// Test tools: the virtual controller, rehearsals, how latencies are distributed; with the real programs behind them.
import { AxeBuilder, check, delivered, open, order, THEMES, URL_OF } from './browser.mjs';
import { api, browser, clearAlarm, finish, journey, ready, silent, until, whole } from './journey.mjs';

/** What passes somewhere, beside the page: [status, data…] of each message since this was opened. */
async function tapped(query) {
    const socket = new WebSocket(`${URL_OF.replace('http', 'ws')}/ws/midi?${query}`);
    const messages = [];
    let live = false;
    socket.onmessage = ({ data }) => {
        const said = JSON.parse(data);
        if (said.type === 'snapshot') live = said.taps.some((tap) => tap.state === 'live');
        else for (const event of said.events ?? []) messages.push(event.raw.split(' ').map((byte) => parseInt(byte, 16)));
    };
    await until(() => live, `${query} is tapped`);
    return { messages, end: () => socket.close(), has: (...bytes) => messages.some((one) => bytes.every((byte, at) => byte === one[at])) };
}

const CHANNEL = 5; // the melody has others
const [ON, OFF, CC] = [0x90, 0x80, 0xb0].map((status) => status + CHANNEL - 1);
const CLIENT = 'foh-resolume';
const FOH = `tap=delivered&client=${CLIENT}&channel=${CHANNEL}&types=note,cc`;

/** A page that plays: the address alone does not. */
async function playing(address = `/controller?channel=${CHANNEL}`, wish = {}) {
    const page = await open(browser, { path: address, ...wish });
    await ready(page);
    await page.getByTestId('playing').filter({ hasText: 'Not playing' }).waitFor();
    await page.getByRole('button', { name: 'Start playing' }).click();
    await page.getByTestId('playing').filter({ hasText: 'Playing to the show' }).waitFor();
    return page;
}
/** Where a white key is touched: below the black ones. */
async function at(page, note) {
    await page.getByTestId('keys').scrollIntoViewIfNeeded();
    const box = await page.locator(`[data-note="${note}"] .key`).boundingBox();
    return [box.x + box.width / 2, box.y + box.height * 0.85];
}

await whole();
await journey('controller: a note reaches a client’s port, a lamp and a fader come back', async () => {
    const tap = await tapped(FOH);
    const page = await playing();
    await delivered(1);
    const heard = [];
    const port = async (...bytes) => {
        heard.push(...(await delivered(1)));
        return heard.some((one) => bytes.every((byte, index) => byte === one[index]));
    };
    await page.mouse.move(...(await at(page, 60)));
    await page.mouse.down();
    await until(() => tap.has(ON, 60, 100), 'the note is at the delivered tap');
    check(!tap.has(OFF, 60), 'and it sounds on');
    await page.mouse.move(...(await at(page, 62)), { steps: 4 });
    await until(() => tap.has(OFF, 60) && tap.has(ON, 62), 'it glides to the next key');
    await page.mouse.up();
    await until(() => tap.has(OFF, 62), 'and ends');
    await until(() => port(ON, 60, 100), 'the port has it, too');
    await page.getByTestId('taken').filter({ hasText: /^[4-9] taken, the last by host-/ }).waitFor();

    await order('light', 1, '943C7F' + 'B4104D');
    await page.getByTestId('lit').filter({ hasText: 'Lit: C4 (127)' }).waitFor();
    await page.getByTestId('back-16').filter({ hasText: '77' }).waitFor();
    check((await page.getByTestId('cc-16').getAttribute('aria-label')) === 'CC 16, sent back 77', 'it is said, too');
    await order('light', 1, '843C40');
    await page.getByTestId('lit').filter({ hasText: 'No key is lit.' }).waitFor();

    await page.getByTestId('pad-36').press('Enter');
    await until(() => tap.has(ON, 36) && tap.has(OFF, 36), 'a pad by keyboard');
    tap.end();
    silent(page);
});

await journey('controller: a fader that is dragged sends less than 200 a second, in order, and its last value arrives', async () => {
    const tap = await tapped(FOH);
    const page = await playing();
    const refusals = [];
    let together = 0;
    let most = 0;
    page.on('request', (one) => one.url().includes('/play') && (most = Math.max(most, ++together)));
    for (const over of ['requestfinished', 'requestfailed']) page.on(over, (one) => one.url().includes('/play') && together--);
    page.on('response', (one) => one.url().includes('/play') && one.status() !== 200 && refusals.push(one.status()));
    await page.getByTestId('cc-16').scrollIntoViewIfNeeded();
    const box = await page.getByTestId('cc-16').boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 14);
    await page.mouse.down();
    for (let n = 0; n < 2; n++) for (const end of [14, box.height - 14]) await page.mouse.move(box.x + box.width / 2, box.y + end, { steps: 60 });
    await page.mouse.move(box.x + box.width / 2, box.y + 2, { steps: 30 });
    await page.mouse.up();
    await until(() => tap.messages.at(-1)?.join() === [CC, 16, 127].join(), 'the last value');
    const values = tap.messages.filter(([status]) => status === CC).map(([, , value]) => value);
    check(values.length > 20, `it moves: ${values.length} values`);
    check(refusals.length === 0, `nothing was too much: ${refusals}`);
    check(most === 1, `one request at a time: ${most}`);
    tap.end();
    silent(page);
});

await journey('controller: keys of the computer play while the panel has the keyboard, and are let go with it', async () => {
    const tap = await tapped(FOH);
    const page = await playing();
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    await page.locator('h1').click();
    for (const key of ['a', 'd', ' ']) await page.keyboard.press(key);
    await page.getByTestId('keys').focus();
    await page.keyboard.down('t'); // F sharp, and no other theme
    await until(() => tap.has(ON, 54), 'a black key');
    check((await theme()) === 'dark', 'the theme stays');
    check(!tap.has(ON, 48) && !tap.has(ON, 52), 'nothing was played before');
    await page.keyboard.press('Tab');
    await until(() => tap.has(OFF, 54), 'let go as the keyboard goes elsewhere');
    await page.keyboard.up('t');
    await page.getByTestId('keys').focus();
    for (const key of ['ArrowRight', 'ArrowRight', ' ']) await page.keyboard.press(key);
    await until(() => tap.has(ON, 50) && tap.has(OFF, 50), 'the key that was chosen');
    await page.keyboard.press('x');
    await page.keyboard.press('a');
    await until(() => tap.has(OFF, 60), 'an octave higher');
    check(/from=60/.test(page.url()), 'and the address says so');
    tap.end();
    silent(page);
});

for (const [how, go] of Object.entries({
    closed: (page) => page.close(),
    'left for another page': (page) => page.getByRole('link', { name: 'Overview' }).evaluate((link) => link.click()),
    'loaded anew': (page) => page.reload(),
})) {
    await journey(`controller: ${how} with a key held, the page ends the note`, async () => {
        const tap = await tapped(FOH);
        const page = await playing();
        let player = 0;
        page.on('request', (one) => { if (one.url().endsWith('/play')) player = one.postDataJSON().player; });
        await page.mouse.move(...(await at(page, 64)));
        await page.mouse.down();
        await until(() => tap.has(ON, 64), 'it sounds');
        await until(() => player > 0, 'the page says which player it is'); // the browser tells of a request in its own time, often after the note came
        await new Promise((resolve) => setTimeout(resolve, 6000)); // longer than a host waits: the page says that it is meant
        check(!tap.has(OFF, 64), 'and sounds as long as it is held');
        const keep = () => api('devices/1/play', { method: 'POST', body: JSON.stringify({ messages: [], player }) }); // in the page's name: the host does not end it by itself, then
        await keep();
        const keeping = setInterval(keep, 1000);
        await go(page);
        await until(() => tap.has(OFF, 64), 'the page ends it').finally(() => clearInterval(keeping));
        tap.end();
    });
}

await journey('controller: what the API refuses is said, nothing sounds on, and old data turns it off', async () => {
    const page = await playing();
    await page.route('**/play', (one) => one.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ title: 'Refused', status: 409, detail: 'The host has no part for it.' }) }));
    await page.getByTestId('pad-36').click();
    await page.getByRole('alert').filter({ hasText: 'The host has no part for it.' }).waitFor();
    await page.unroute('**/play');
    await page.getByTestId('pad-36').click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await order('kill-admin');
    await page.getByTestId('stale').waitFor();
    check(await page.getByTestId('pad-36').isDisabled(), 'pads are off');
    check((await page.getByTestId('keys').getAttribute('aria-disabled')) === 'true', 'keys are off');
    await order('start-admin');
    await page.getByTestId('stale').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Start playing' }).waitFor(); // a person arms it again
    check(await page.getByTestId('pad-36').isDisabled(), 'pads stay off');
});

await journey('controller: the walk test ticks off what moves', async () => {
    const page = await open(browser, { path: '/controller?view=walk&host=1' });
    await ready(page);
    await page.getByTestId('walk-sum').filter({ hasText: /^([89]|\d\d) moved; none known is missing/ }).waitFor();
    await page.getByRole('button', { name: 'Start again' }).click();
    await page.getByTestId('walk-sum').filter({ hasText: /^\d+ of \d+ moved/ }).waitFor();
    silent(page);
});

/** Opens the dialog for a host and so many seconds. */
async function ask(page, host, seconds) {
    await page.getByRole('button', { name: 'Rehearse…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Host that falls silent').selectOption(String(host));
    await dialog.getByLabel('For (seconds)').fill(String(seconds));
    await dialog.getByLabel('For (seconds)').blur();
    return dialog;
}

await journey('rehearsal: from the dialog, with what each client did', async () => {
    await whole();
    const page = await open(browser, { path: '/failover' });
    await ready(page);
    await clearAlarm(page);
    const active = (await api('status')).active_host;
    const [name, other] = active === 1 ? ['host-a', 'host-b'] : ['host-b', 'host-a'];
    const dialog = await ask(page, active, 20);
    check(/foh-resolume.*stage-left|stage-left.*foh-resolume/.test(await dialog.getByTestId('played-by').textContent()), 'who plays it now');
    const seconds = dialog.getByLabel('For (seconds)');
    await seconds.fill('61');
    check(await dialog.getByRole('button', { name: /^Silence/ }).isDisabled(), 'not for longer than a minute');
    await seconds.fill('12');
    await dialog.getByRole('button', { name: `Silence ${name} for 12 s` }).waitFor(); // as it is typed
    await seconds.fill('20');
    await dialog.getByText(`${name} sends nothing for 20 s`).waitFor();
    check((await api('rehearsal')).rehearsals.every((one) => !one.running), 'nothing happened yet');
    await dialog.getByRole('button', { name: `Silence ${name} for 20 s` }).click();
    await page.getByTestId('rehearsing').filter({ hasText: `${name} is held silent` }).filter({ hasText: /1\d s left/ }).waitFor();
    for (const client of ['foh-resolume', 'stage-left']) await page.getByTestId(`rehearsed-${client}`).filter({ hasText: `moved to ${other}` }).filter({ hasText: /[\d.]+ (µs|ms)/ }).waitFor();
    await page.getByTestId(`held-${active}`).filter({ hasText: /held back: rehearsal, \d+ s left/ }).waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByTestId(`host-${active}`).filter({ hasText: 'held back: rehearsal' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'End now' }).click();
    await page.getByTestId('rehearsing').waitFor({ state: 'detached' });
    await page.getByTestId('rehearsed').filter({ hasText: '2 of 2 moved' }).waitFor();
    const [last] = (await api('rehearsal')).rehearsals;
    check(!last.running && last.host === active && last.clients.every((client) => client.outcome === 'moved' && client.took_us > 0), JSON.stringify(last));
    await page.getByTestId('timeline').getByText('rehearsal', { exact: true }).first().waitFor();
    check((await page.getByTestId('alarm').count()) === 0, 'no alarm for what was asked for');
    await whole();
    silent(page);
});

await journey('rehearsal: refused where nobody could take over; insisting takes a second choice, and clients stay', async () => {
    await whole();
    await api('failover/auto', { method: 'PUT', body: '{"enabled": false}' });
    const page = await open(browser, { path: '/failover' });
    await page.getByTestId('armed').filter({ hasText: 'Disarmed' }).waitFor();
    const active = (await api('status')).active_host;
    const dialog = await ask(page, active, 4);
    await dialog.getByText('Automatic failover is disarmed: clients would stay').waitFor();
    check((await dialog.getByTestId('insist').count()) === 0, 'no force before a refusal');
    await dialog.getByRole('button', { name: /^Silence/ }).click();
    await dialog.getByTestId('insist').filter({ hasText: 'the music stops' }).waitFor();
    check((await dialog.getByRole('alert').textContent()).trim() !== '', 'why it is refused');
    const { violations } = await new AxeBuilder({ page }).include('dialog').analyze();
    check(violations.every((one) => !['serious', 'critical'].includes(one.impact)), `axe: ${violations.map((one) => one.id)}`);
    const force = dialog.getByRole('button', { name: /all the same/ });
    check(await force.isDisabled(), 'not with one click');
    await dialog.getByRole('checkbox').check();
    await force.click();
    await page.getByTestId('rehearsing').waitFor();
    for (const client of ['foh-resolume', 'stage-left']) await page.getByTestId(`rehearsed-${client}`).filter({ hasText: 'stayed with the silent host' }).waitFor();
    await page.getByTestId('rehearsing').waitFor({ state: 'detached' });
    await api('failover/auto', { method: 'PUT', body: '{"enabled": true}' });
    await whole();
    check(page.complaints.every((one) => /409/.test(one)), page.complaints.join('; ')); // a browser names each refusal
});

await journey('latency: a histogram, its table, and what came since the page was opened', async () => {
    const page = await open(browser, { path: '/latency' });
    await ready(page);
    const told = async () => Number((await page.getByTestId(`counted-${CLIENT}`).textContent()).replaceAll(',', ''));
    await page.getByTestId(`histogram-${CLIENT}`).waitFor();
    await until(async () => (await told()) > 50, 'messages since the start');
    const colours = () => page.getByTestId(`histogram-${CLIENT}`).locator('canvas').evaluate((canvas) => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size);
    check((await colours()) > 3, 'bars, lines and words');
    const { clients } = await api('clients');
    const counts = clients.find((one) => one.name === CLIENT).transit_histogram;
    check(counts.length > 0 && counts.every((bucket) => bucket.count > 0), JSON.stringify(counts));
    await page.getByText('As a table').first().click();
    await page.locator('details tbody tr').first().waitFor();
    const fromStart = await told();
    await page.getByRole('button', { name: 'Since this page was opened' }).click();
    check(/since=open/.test(page.url()), 'the address says so');
    await until(async () => { const now = await told(); return now > 0 && now < fromStart; }, 'fewer than since the start');
    await page.reload();
    await page.getByTestId('counted-since').waitFor();
    await page.getByRole('button', { name: 'Count from now' }).click();
    silent(page);
});

for (const [size, viewport] of Object.entries({ phone: [320, 640], tablet: [820, 1180] })) {
    await journey(`${size}: a key and a pad by touch`, async () => {
        const tap = await tapped(FOH);
        const page = await playing(undefined, { size: viewport, touch: true });
        const [x, y] = await at(page, 50);
        await page.touchscreen.tap(x, y);
        await until(() => tap.has(ON, 50) && tap.has(OFF, 50), 'the key');
        await page.getByTestId('pad-36').tap();
        await until(() => tap.has(ON, 36) && tap.has(OFF, 36), 'the pad');
        const narrow = await page.locator('[data-note] .key').evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height > 150 && one.getBoundingClientRect().width < 42).length);
        check(narrow === 0, 'white keys are as wide as a finger');
        tap.end();
        silent(page);
    });
}

await journey('axe finds nothing serious while the controller plays, in every theme', async () => {
    const found = [];
    for (const theme of THEMES) {
        const page = await playing(undefined, { theme });
        await order('light', 1, '94307F' + 'B4100A');
        await page.getByTestId('back-16').filter({ hasText: '10' }).waitFor();
        const { violations } = await new AxeBuilder({ page }).analyze();
        for (const one of violations.filter((v) => ['serious', 'critical'].includes(v.impact))) found.push(`${theme} ${one.id}: ${one.nodes.map((node) => node.target).slice(0, 3).join(' | ')}`);
        await page.context().close();
    }
    check(found.length === 0, found.join('\n      '));
});

await finish();
