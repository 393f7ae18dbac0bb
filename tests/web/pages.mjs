// What people do with the dashboard, with the real programs behind it.
import { readFileSync } from 'node:fs';
import { AxeBuilder, check, delivered, open, order, PAGES, SIZES, THEMES, URL_OF, verdict, visit } from './browser.mjs';
import { api, browser, clearAlarm, figures, finish, journey, ready, silent, until, whole } from './journey.mjs';

await whole();
await journey('first data comes, and is true', async () => {
    const page = await open(browser);
    const began = await page.evaluate(() => performance.now());
    await ready(page);
    figures.first_data_ms = Math.round((await page.evaluate(() => performance.now())) - began);
    const status = await api('status');
    check((await page.getByTestId('verdict').textContent()) === 'Ready' && status.verdict === 'ready', 'the verdict');
    for (const host of (await api('hosts')).hosts) check((await page.getByTestId(`host-${host.id}`).textContent()).includes(host.name), host.name);
    for (const client of (await api('clients')).clients) check((await page.getByTestId(`client-${client.name}`).textContent()).includes(client.port_name), client.name);
    await until(async () => Number(await page.getByTestId('rate').textContent()) > 0, 'a rate');
    silent(page);
});

await journey('every page at every size: nothing is clipped, nothing complains', async () => {
    const wrong = [];
    for (const [size, viewport] of Object.entries(SIZES)) {
        const page = await open(browser, { size: viewport });
        await ready(page);
        for (const path of PAGES) {
            await visit(page, path);
            const said = await page.evaluate(() => ({
                wider: document.documentElement.scrollWidth - innerWidth,
                beyond: [...document.querySelectorAll('main section *')]
                    .filter((one) => {
                        const [box, panel] = [one.getBoundingClientRect(), one.closest('section').getBoundingClientRect()];
                        return one.getClientRects().length && !one.closest('.hidden, .table, pre') && (box.right > panel.right || box.left < panel.left);
                    })
                    .map((one) => `${one.tagName} ${one.textContent.slice(0, 30)}`),
                small: [...document.querySelectorAll('button, select, nav a')].filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < 43.5).map((one) => one.textContent),
            }));
            if (said.wider > 0) wrong.push(`${path} ${size} is ${said.wider} px too wide`);
            if (said.beyond.length) wrong.push(`${path} ${size}: beyond their panel: ${said.beyond.slice(0, 3)}`);
            if (said.small.length) wrong.push(`${path} ${size} has targets below 44 px: ${said.small}`);
        }
        if (page.complaints.length) wrong.push(...page.complaints);
        await page.context().close();
    }
    check(wrong.length === 0, wrong.join('; '));
});

await journey('axe finds nothing serious, on every page and theme', async () => {
    const found = [];
    for (const theme of THEMES) {
        const page = await open(browser, { theme });
        for (const path of PAGES) {
            await visit(page, path);
            const { violations } = await new AxeBuilder({ page }).analyze();
            for (const one of violations.filter((v) => ['serious', 'critical'].includes(v.impact)))
                found.push(`${theme} ${path} ${one.id}: ${one.nodes.map((node) => node.target).slice(0, 3).join(' | ')}`);
        }
        silent(page);
    }
    figures.axe_serious = found.length;
    check(found.length === 0, found.join('\n      '));
});

await journey('hosts are switched from the dialog, and it takes two clicks', async () => {
    await whole();
    const page = await open(browser, { path: '/failover' });
    await ready(page);
    await clearAlarm(page); // of what this machine's load did
    const before = (await api('status')).active_host;
    for (const key of ['f', 's', 'Enter', ' ']) await page.keyboard.press(key);
    check((await page.getByRole('dialog').count()) === 0, 'no bare key opens it');
    await page.getByRole('button', { name: 'Switch…' }).click();
    const dialog = page.getByRole('dialog');
    check(/100 \/ 100/.test(await dialog.getByTestId('standby-health').textContent()), 'the standby’s health');
    check((await api('status')).active_host === before, 'nothing happened yet');
    await dialog.getByRole('button', { name: /^Switch to/ }).click();
    await dialog.getByTestId('switched').filter({ hasText: '2 of 2' }).waitFor();
    await until(async () => (await api('status')).active_host !== before, 'the hosts are switched');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByTestId('timeline').getByText('by hand').first().waitFor();
    check((await page.getByTestId('alarm').count()) === 0, 'no alarm for what was asked for');
    silent(page);
});

await journey('a curve that is drawn reaches every host', async () => {
    const page = await open(browser, { path: '/pipeline' });
    await ready(page);
    await page.getByRole('combobox', { name: /^Curve/ }).selectOption('points');
    const canvas = await page.locator('canvas').boundingBox();
    await page.mouse.move(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2);
    await page.mouse.down();
    await page.mouse.move(canvas.x + canvas.width / 2, canvas.y + canvas.height / 4, { steps: 5 });
    await page.mouse.up();
    const told = await page.getByTestId('curve-told').textContent();
    await page.getByRole('button', { name: 'Apply to all hosts' }).click();
    await page.getByText('in force').first().waitFor();
    const now = await api('pipeline');
    check(now.agree && now.pipeline?.velocity_curve === 'points', JSON.stringify(now));
    const point = now.pipeline.velocity_points[2];
    check(told.includes(`${point.in} becomes ${point.out}`) && point.out > 80, `${told}, and the hosts have ${JSON.stringify(point)}`);
    await page.getByRole('combobox', { name: /^Curve/ }).selectOption('linear');
    await page.getByRole('button', { name: 'Apply to all hosts' }).click();
    await until(async () => (await api('pipeline')).pipeline?.velocity_curve === 'linear', 'back again');
    silent(page);
});

/** Velocities of the notes in what a client's port was given. */
const velocities = (messages) => messages.filter(([status, , velocity]) => status >> 4 === 9 && velocity > 0).map(([, , velocity]) => velocity);
const controllers = (messages) => messages.filter(([status]) => status >> 4 === 11).length;

/** What a client's port is given from now on, until there are so many notes. */
async function heard(client, notes = 6) {
    const messages = [];
    await delivered(client); // of before
    await until(async () => {
        messages.push(...(await delivered(client)));
        return velocities(messages).length >= notes;
    }, `client ${client}: ${notes} notes`);
    return messages;
}
const hears = (client, good, what) => until(async () => good(await heard(client, 1)), `client ${client}: ${what}`);
const asPlayed = (messages) => controllers(messages) > 0 && !velocities(messages).includes(101);

await journey('an edit of the pipeline is heard at what clients give to their ports: of all, then of one', async () => {
    const page = await open(browser, { path: '/pipeline' });
    await ready(page);
    const fixed = async (velocity) => {
        await page.getByRole('combobox', { name: /^Curve/ }).selectOption('fixed');
        await page.getByRole('spinbutton', { name: 'Velocity' }).fill(String(velocity));
    };
    const apply = async (name) => {
        await page.getByRole('button', { name: `Apply to ${name}` }).click();
        await page.getByTestId('pipeline-state').filter({ hasText: `This is what ${name}` }).waitFor();
    };
    for (const client of [1, 2]) await hears(client, asPlayed, 'notes and controllers as they are played');
    await fixed(101);
    await page.getByRole('checkbox', { name: 'Controllers' }).uncheck();
    await apply('all hosts');
    for (const client of [1, 2]) {
        await hears(client, (messages) => velocities(messages).includes(101), 'the new velocity');
        const messages = await heard(client);
        check(velocities(messages).every((velocity) => velocity === 101), `client ${client}: every note has the velocity 101, ${velocities(messages)}`);
        check(controllers(messages) === 0, `client ${client}: no controller passes`);
    }
    await page.getByRole('combobox', { name: /^Curve/ }).selectOption('linear');
    await page.getByRole('checkbox', { name: 'Controllers' }).check();
    await apply('all hosts');
    for (const client of [1, 2]) await hears(client, asPlayed, 'notes and controllers as they are played, again');
    await page.getByRole('combobox', { name: 'Whose' }).selectOption('stage-left');
    await page.getByTestId('pipeline-state').filter({ hasText: 'This is what stage-left does now' }).waitFor();
    await fixed(99);
    await apply('stage-left');
    await hears(2, (messages) => velocities(messages).includes(99), 'its own velocity');
    check(velocities(await heard(2)).every((velocity) => velocity === 99), 'stage-left alone');
    check(velocities(await heard(1)).some((velocity) => velocity !== 99), 'not foh-resolume');
    await page.reload();
    await page.getByRole('spinbutton', { name: 'Velocity' }).waitFor(); // the address says whose
    await page.getByRole('combobox', { name: /^Curve/ }).selectOption('linear');
    await apply('stage-left');
    await hears(2, (messages) => velocities(messages).some((velocity) => velocity !== 99), 'as it is played');
    silent(page);
});

await journey('a setting is shown as a difference, written on trial, and taken back', async () => {
    const page = await open(browser, { path: '/settings' });
    await ready(page);
    const before = (await api('config')).config.failover.lockout_seconds;
    await page.getByLabel('failover.lockout_seconds').fill('7');
    await page.getByRole('button', { name: 'Show what would change' }).click();
    await page.getByTestId('diff').filter({ hasText: '+lockout_seconds = 7' }).waitFor();
    check((await api('config')).config.failover.lockout_seconds === before, 'nothing is written yet');
    await page.getByRole('button', { name: 'Write' }).click();
    await page.getByTestId('trial').waitFor();
    check((await api('config')).config.failover.lockout_seconds === 7, 'it is written');
    await page.getByRole('button', { name: 'Take it back now' }).click();
    await until(async () => (await api('config')).config.failover.lockout_seconds === before, 'it is taken back');
    silent(page);
});

await journey('the focus is given by hand, and back', async () => {
    const page = await open(browser, { path: '/devices' });
    await ready(page);
    await page.getByRole('button', { name: /Give focus.*stage-left/ }).click();
    await page.getByTestId('holder').filter({ hasText: 'stage-left has the focus' }).filter({ hasText: 'by hand' }).waitFor();
    await page.getByRole('button', { name: 'Back to automatic' }).click();
    await until(async () => !(await api('focus')).by_hand, 'back to automatic');
    silent(page);
});

await journey('an address is the view', async () => {
    const page = await open(browser, { path: '/system?range=6h' });
    await ready(page);
    await page.locator('button[aria-pressed=true]', { hasText: '6h' }).waitFor();
    await page.getByRole('link', { name: 'Events' }).click();
    await page.getByLabel('Kind').selectOption('switch');
    await page.waitForURL('**/events?kind=switch');
    await page.reload();
    await whole();
    await api('failover/switch', { method: 'POST', body: '{}' }); // who is there at the start is no event; this is one
    await page.getByText(/ left .* for /).first().waitFor();
    check((await page.locator('tbody tr').allTextContents()).every((row) => / left .* for /.test(row)), 'switches alone');
    await page.goBack();
    await page.waitForURL('**/system?range=6h');
    silent(page);
});

await journey('the monitor: three taps, filters that the address holds, pause, a table, a file', async () => {
    const page = await open(browser, { path: '/monitor' });
    await ready(page);
    const taken = async () => Number(/^([\d,]+) taken/.exec(await page.getByTestId('taken').textContent())[1].replaceAll(',', ''));
    for (const [tap, answer] of [['In', /host-a: live.*host-b: live/], ['Delivered', /(foh-resolume|stage-left): live/], ['Out', /host-a: live/]]) {
        await page.getByRole('button', { name: tap, exact: true }).click();
        await page.getByTestId('tapped').filter({ hasText: answer }).waitFor();
        await until(async () => (await taken()) > 20, `${tap} shows something`);
    }
    await page.getByRole('combobox', { name: /^Host/ }).selectOption('1');
    await page.getByRole('combobox', { name: 'Channel' }).selectOption('10');
    await page.getByRole('button', { name: 'Controllers', exact: true }).click();
    await page.getByRole('button', { name: 'Hex', exact: true }).click();
    check(/host=1/.test(page.url()) && /channel=10/.test(page.url()) && /hex=1/.test(page.url()) && !/types=[^&]*cc/.test(page.url()), page.url());
    await page.reload();
    await page.getByTestId('tapped').filter({ hasText: 'host-a: live' }).waitFor();
    check(!/host-b/.test(await page.getByTestId('tapped').textContent()), 'one host alone');
    await page.getByText('The last ones as a table').click();
    const rows = page.locator('details tbody tr');
    await rows.nth(2).waitFor();
    for (const row of await rows.allTextContents()) check(/note (on|off) +ch 10/.test(row) && /[89]9 2[46B]/.test(row), row);
    await page.getByRole('button', { name: 'Pause' }).click();
    const held = await rows.allTextContents();
    await until(async () => /^Paused: [1-9]/.test(await page.getByTestId('paused').textContent()), 'it goes on taking');
    check((await rows.allTextContents()).join() === held.join(), 'what is looked at stays');
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save JSON' }).click()]);
    const kept = JSON.parse(readFileSync(await file.path(), 'utf8'));
    check(kept.events.length >= 3 && kept.events.every((event) => event.channel === 10 && event.type === 'note') && kept.dropped === 0, 'the file');
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.goto(`${URL_OF}/monitor?tap=in&types=clock`);
    await page.getByTestId('tapped').filter({ hasText: 'host-a: live' }).waitFor();
    await order('clock');
    await until(async () => (await taken()) === 2, 'clock and sensing, asked for');
    silent(page);
});

await journey('the state picture follows, and a walk test ends', async () => {
    const page = await open(browser, { path: '/monitor?view=state&tap=in&host=1' });
    await ready(page);
    for (const words of ['ch 1 · CC 16', 'ch 1 · CC 23', 'ch 2 · Bend']) await page.getByText(words, { exact: true }).waitFor();
    const lit = (nth) => page.locator('canvas').nth(nth).evaluate((canvas) => new Set(new Uint32Array(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size);
    for (const nth of [0, 1, 2]) await until(async () => (await lit(nth)) > 2, `picture ${nth} has something in it`);
    await page.getByRole('button', { name: 'Walk test' }).click();
    await page.getByTestId('walk-sum').filter({ hasText: /^\d+ moved; none known is missing/ }).waitFor();
    await until(async () => Number(/\d+/.exec(await page.getByTestId('walk-sum').textContent())[0]) >= 12, 'faders, bend and notes');
    await order('kill-host', 1);
    await page.getByTestId('tapped').filter({ hasText: /gone|silent/ }).waitFor({ timeout: 15_000 });
    await page.getByRole('button', { name: 'Start again' }).click();
    await page.getByTestId('walk-sum').filter({ hasText: /^0 of \d+ moved/ }).waitFor();
    await page.reload();
    await page.getByTestId('walk-sum').filter({ hasText: /^0 of \d+ moved/ }).waitFor();
    await order('start-host', 1);
    await page.getByTestId('walk-sum').filter({ hasText: /^([5-9]|\d\d) of \d+ moved|^All/ }).waitFor();
});

await journey('a host is killed: the page says so, and the alarm stays', async () => {
    const page = await open(browser, { path: '/failover' });
    await ready(page);
    await whole();
    await clearAlarm(page); // hosts were killed before this one
    const active = (await api('status')).active_host;
    await order('kill-host', active);
    await page.getByTestId('alarm').waitFor({ timeout: 15_000 });
    await ready(page, /Degraded|Not safe/);
    await page.getByTestId('active').filter({ hasText: active === 1 ? 'host-b' : 'host-a' }).waitFor();
    await order('start-host', active);
    await ready(page);
    await page.reload();
    await page.getByTestId('alarm').getByRole('button', { name: 'Clear alarm' }).click();
    await page.getByTestId('alarm').waitFor({ state: 'detached' });
    silent(page);
});

await journey('midi-admin is killed: the page says since when, and lives again', async () => {
    const page = await open(browser, { path: '/failover' });
    await ready(page);
    const killed = Date.now();
    await order('kill-admin');
    await page.getByTestId('stale').waitFor({ timeout: 10_000 });
    figures.stale_banner_ms = Date.now() - killed;
    check(await page.getByRole('button', { name: 'Switch…' }).isDisabled(), 'controls are off');
    check((await verdict(page).textContent()) === 'Not known', 'no verdict is told that is not known');
    await order('start-admin');
    const back = Date.now();
    await page.getByTestId('stale').waitFor({ state: 'detached', timeout: 10_000 });
    figures.live_again_ms = Date.now() - back;
    await ready(page);
    await page.getByRole('button', { name: 'Switch…' }).and(page.locator(':enabled')).waitFor(); // controls are back
});

await finish();
