// What is written into forms, and addresses that lead nowhere: nothing is lost without a word.
import { check, open, order, SIZES, URL_OF } from './browser.mjs';
import { api, browser, finish, journey, ready, silent, until, whole } from './journey.mjs';

const link = (page, name) => page.getByRole('link', { name: new RegExp(`^${name}`) });
const state = (page) => page.getByTestId('pipeline-state');

await whole();
await journey('what is changed and not applied waits while other pages are looked at', async () => {
    const page = await open(browser, { path: '/pipeline' });
    await ready(page);
    const before = JSON.stringify((await api('pipeline')).pipeline);
    await page.getByRole('spinbutton', { name: 'Transpose' }).fill('5');
    await state(page).filter({ hasText: 'not applied yet' }).waitFor();
    await link(page, 'Settings').click();
    await page.getByLabel('failover.lockout_seconds').fill('8');
    await link(page, 'Overview').click();
    for (const name of ['Pipeline', 'Settings']) await link(page, name).getByText('not applied yet').waitFor();
    check((await link(page, 'Alerts').getByText('not applied yet').count()) === 0, 'only where something waits');
    await link(page, 'Settings').click();
    check((await page.getByLabel('failover.lockout_seconds').inputValue()) === '8', 'the setting waits');
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await link(page, 'Pipeline').click();
    check((await page.getByRole('spinbutton', { name: 'Transpose' }).inputValue()) === '5', 'the pipeline waits');
    check(JSON.stringify((await api('pipeline')).pipeline) === before, 'the hosts were not told');
    await page.getByRole('combobox', { name: 'Whose' }).selectOption('stage-left');
    await state(page).filter({ hasText: 'stage-left' }).waitFor();
    check((await page.getByRole('spinbutton', { name: 'Transpose' }).inputValue()) === '0', 'that of a client is another one');
    await page.getByTestId('elsewhere').filter({ hasText: 'All hosts: changed, and not applied yet' }).getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await state(page).filter({ hasText: 'what all hosts do now' }).waitFor();
    check((await page.getByText('not applied yet').count()) === 0, 'nothing waits any more');
    silent(page);
});

await journey('what waits is asked about before the tab is left', async () => {
    const page = await open(browser, { path: '/alerts' });
    await ready(page);
    let asked = 0;
    page.on('dialog', (dialog) => {
        asked += dialog.type() === 'beforeunload';
        void dialog.accept();
    });
    await page.reload();
    check(asked === 0, 'nothing waits, nothing is asked');
    await page.getByRole('spinbutton', { name: 'Bad from (ms)' }).fill('9');
    await page.reload();
    check(asked === 1, 'it is asked');
});

await journey('numbers count at every key; what is none says what is expected, and is brought back', async () => {
    const page = await open(browser, { path: '/pipeline' });
    await ready(page);
    const transpose = page.getByRole('spinbutton', { name: 'Transpose' });
    await transpose.focus();
    await transpose.press('Control+a');
    await transpose.pressSequentially('30');
    await page.getByRole('button', { name: 'Apply to all hosts' }).and(page.locator(':enabled')).waitFor();
    await transpose.pressSequentially('0'); // 300 is none, and nobody said 30
    await page.getByText('a whole number from -127 to 127').waitFor();
    check((await transpose.getAttribute('aria-invalid')) === 'true', 'it is marked');
    check((await page.getByRole('button', { name: 'Apply to all hosts' }).isDisabled()), 'there is nothing to apply yet');
    await transpose.press('Tab');
    check((await transpose.inputValue()) === '0' && (await page.getByText('a whole number').count()) === 0, 'what was there');
    await transpose.fill('5');
    await transpose.press('Tab');
    await transpose.press('Backspace');
    for (const key of ['7', 'Backspace', 'Backspace', 'Tab']) await transpose.press(key);
    check((await transpose.inputValue()) === '5', 'nothing said, nothing changed');
    await transpose.fill('0');
    await transpose.blur();
    check((await page.getByText('not applied yet').count()) === 0, 'what is as it was is no change');
    await transpose.focus();
    await page.mouse.move(...(await transpose.boundingBox().then((box) => [box.x + 20, box.y + 20])));
    await page.mouse.wheel(0, -120);
    await page.waitForTimeout(200);
    check((await transpose.inputValue()) === '0', 'who scrolls changes nothing');
    for (let n = 0; n < 2; n++) await page.getByRole('button', { name: 'Add a controller' }).click();
    const from = await page.getByRole('spinbutton', { name: /^From CC/ }).evaluateAll((all) => all.map((one) => one.value));
    check(from.length === 2 && from[0] !== from[1], `each controller has one rule: ${from}`);
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await link(page, 'Alerts').click();
    const level = page.getByRole('spinbutton', { name: 'Bad from (ms)' });
    await level.pressSequentially('.05');
    check(/\.05$/.test(await level.inputValue()), 'a fraction is written as it is typed');
    await page.getByRole('button', { name: 'Discard changes' }).click();
    silent(page);
});

await journey('somebody else changes the same: it is foretold, and refused', async () => {
    const page = await open(browser, { path: '/pipeline' });
    await ready(page);
    await page.getByRole('spinbutton', { name: 'Transpose' }).fill('5');
    await state(page).filter({ hasText: 'not applied yet.' }).waitFor();
    await api('pipeline', { method: 'PUT', body: JSON.stringify({ transpose: 2 }) });
    await state(page).filter({ hasText: 'somebody else changed the pipeline' }).waitFor();
    await page.getByRole('button', { name: 'Apply to all hosts' }).click();
    await page.getByRole('alert').filter({ hasText: 'was changed since this was begun' }).waitFor();
    check((await api('pipeline')).pipeline?.transpose === 2, 'theirs stands');
    await page.getByRole('button', { name: 'Show what is in force' }).click();
    check((await page.getByRole('spinbutton', { name: 'Transpose' }).inputValue()) === '2', 'it is shown');
    await page.getByRole('spinbutton', { name: 'Transpose' }).fill('0');
    await page.getByRole('button', { name: 'Apply to all hosts' }).click();
    await state(page).filter({ hasText: 'what all hosts do now' }).waitFor();
    const set = (await api('events?kind=command')).events.filter((event) => event.text.startsWith('set the pipeline of all hosts'));
    check(set.length >= 2 && set[0].result === 'done', `it is in the audit: ${JSON.stringify(set)}`);
});

await journey('a host that does not answer is told, and is told again', async () => {
    await whole();
    const standby = (await api('hosts')).hosts.find((host) => host.id !== 1).id;
    if ((await api('status')).active_host !== 1) await api('failover/switch', { method: 'POST', body: JSON.stringify({ target: 1 }) });
    await whole();
    const page = await open(browser, { path: '/pipeline' });
    await ready(page);
    await page.getByRole('spinbutton', { name: 'Transpose' }).fill('1');
    await order('freeze-host', standby);
    await page.getByRole('button', { name: 'Apply to all hosts' }).click();
    await state(page).filter({ hasText: 'Not every host says that it took this' }).waitFor();
    await page.getByText('whether it was done is not known').waitFor();
    await order('thaw-host', standby);
    await whole();
    await page.getByRole('button', { name: 'Apply to all hosts' }).click();
    await state(page).filter({ hasText: 'what all hosts do now' }).waitFor();
    await page.getByRole('spinbutton', { name: 'Transpose' }).fill('0');
    await page.getByRole('button', { name: 'Apply to all hosts' }).click();
    await until(async () => (await api('pipeline')).agree && (await api('pipeline')).pipeline?.transpose === 0, 'as before');
});

await journey('alert rules wait through a restart of midi-admin, and through the webhook beside them', async () => {
    const page = await open(browser, { path: '/alerts' });
    await ready(page);
    await page.getByRole('spinbutton', { name: 'Bad from (ms)' }).fill('50');
    await order('kill-admin');
    await page.getByTestId('stale').waitFor();
    await order('start-admin');
    await ready(page);
    await page.getByRole('textbox', { name: 'URL' }).fill('https://alerts.example/midinet');
    await page.getByRole('button', { name: 'Save' }).last().click();
    await until(async () => (await api('alerts/config')).webhook.url === 'https://alerts.example/midinet', 'the webhook');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await until(async () => (await api('alerts/config')).latency_p95.threshold === 50, 'the rules');
    await page.getByRole('spinbutton', { name: 'Bad from (ms)' }).fill('5');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await until(async () => (await api('alerts/config')).latency_p95.threshold === 5, 'as before');
});

await journey('an alert that nobody acknowledged is in sight on every page', async () => {
    const page = await open(browser, { path: '/', size: SIZES.phone });
    await ready(page);
    const rule = (threshold, clear, enabled) => api('alerts/config', { method: 'PUT', body: JSON.stringify({ disk: { threshold, clear, enabled, hold_s: 0 } }) });
    await rule(0, 0, true);
    await page.getByTestId('overview-alerts').filter({ hasText: 'file system' }).waitFor();
    check((await page.getByText('Nothing is wrong').count()) === 0, 'something is');
    await page.getByRole('banner').getByRole('link', { name: /nobody acknowledged/ }).click();
    await page.waitForURL('**/alerts');
    await page.getByRole('button', { name: 'Acknowledge' }).click();
    await page.getByRole('banner').getByRole('link', { name: /nobody acknowledged/ }).waitFor({ state: 'detached' });
    check((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, 'as wide as the screen');
    await rule(90, 85, true);
    silent(page);
});

await journey('addresses that lead nowhere say so, with a way on', async () => {
    const page = await open(browser, { path: '/' });
    await ready(page);
    const answer = await page.goto(`${URL_OF}/nosuchpage`);
    check(answer.status() === 404, 'it is a 404');
    await page.getByRole('heading', { name: 'There is no such page.' }).waitFor();
    await page.getByRole('link', { name: 'To the overview' }).click();
    await page.waitForURL(`${URL_OF}/`);
    await page.goto(`${URL_OF}/events/?kind=switch`);
    await page.waitForURL(`${URL_OF}/events?kind=switch`);
    for (const device of [2, 9]) {
        await page.goto(`${URL_OF}/failover?device=${device}`);
        await page.getByTestId('no-such-show').filter({ hasText: device === 2 ? 'No host has a device 2; there is 1.' : 'expected 1 to 8' }).waitFor();
        await page.getByRole('link', { name: 'Show device 1' }).click();
        await page.waitForURL(`${URL_OF}/failover`);
        await page.getByTestId('armed').waitFor();
    }
    for (const query of ['', 'nobody']) {
        await page.goto(`${URL_OF}/pipeline?client=${query}`);
        if (query) await page.getByRole('link', { name: 'To the pipeline of all hosts' }).click();
        await state(page).filter({ hasText: 'what all hosts do now' }).waitFor();
    }
    await page.goto(`${URL_OF}/events?kind=toString`);
    await page.locator('tbody tr').first().waitFor();
    check((await page.getByLabel('Kind').inputValue()) === '', 'all kinds');
    await page.goto(`${URL_OF}/monitor?tap=delivered&client=nobody`);
    await page.getByTestId('tapped').filter({ hasText: 'this client is not heard' }).waitFor();
});

await journey('events go on to older ones', async () => {
    const arm = { method: 'PUT', body: JSON.stringify({ enabled: true }) };
    for (const [what, number] of [['kill-admin'], ['past', 450], ['start-admin']]) await order(what, number);
    await whole();
    const page = await open(browser, { path: '/events?kind=command' });
    await ready(page);
    const rows = page.locator('tbody tr');
    await until(async () => (await rows.count()) === 200, 'the newest 200');
    for (const known of [400, 450]) {
        await page.getByRole('button', { name: 'Show older ones' }).click();
        await until(async () => (await rows.count()) >= known, `${known} of them`);
    }
    await page.getByText(/^All \d+ that are kept/).waitFor();
    const all = (await api('events?kind=command&limit=1000')).events.length;
    check(all >= 450 && (await rows.count()) === all, `${await rows.count()} of ${all}`);
    await api('failover/auto', arm);
    await until(async () => (await rows.count()) === all + 1, 'what comes stands before them');
    silent(page);
});

await finish();
