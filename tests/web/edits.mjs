// What is written into forms, and addresses that lead nowhere: nothing is lost without a word.
import { check, open, order, URL_OF } from './browser.mjs';
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
    await page.getByRole('combobox', { name: 'Whose' }).selectOption('');
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
    await transpose.fill('300');
    await page.getByText('a whole number from -127 to 127').waitFor();
    check((await transpose.getAttribute('aria-invalid')) === 'true', 'it is marked');
    check((await page.getByRole('button', { name: 'Apply to all hosts' }).isDisabled()), 'there is nothing to apply yet');
    await transpose.press('Tab');
    check((await transpose.inputValue()) === '127' && (await page.getByText('a whole number').count()) === 0, 'the nearest that there is');
    await transpose.fill('');
    await transpose.press('Tab');
    check((await transpose.inputValue()) === '127', 'nothing said, nothing changed');
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
