// With a token: looking is free, changing is not, and the token is asked for once.
import { check, launch, open, order, TOKEN, URL_OF, verdict } from './browser.mjs';

const browser = await launch();
try {
    const page = await open(browser, { path: '/failover', token: '' });
    await verdict(page).filter({ hasText: 'Ready' }).waitFor({ timeout: 20_000 });
    check(await page.getByRole('button', { name: 'Switch…' }).isDisabled(), 'read-only without the token');
    await page.getByRole('button', { name: /Read-only/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Token').fill('wrong');
    await dialog.getByRole('button', { name: 'Unlock' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'not the one' }).waitFor();
    await dialog.getByLabel('Token').fill(TOKEN);
    await dialog.getByRole('button', { name: 'Unlock' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Switch…' }).and(page.locator(':enabled')).waitFor();
    await order('kill-host', 2); // who is there when midi-admin starts is no event; this is one
    await page.goto(`${URL_OF}/events?kind=host_down`);
    await page.getByText('host 2 (host-b) is not heard any more').first().waitFor();
    await page.getByRole('button', { name: /Lock again/ }).click();
    await page.getByRole('button', { name: /Read-only/ }).waitFor();
    console.log('good  the token');
    process.exitCode = 0;
} catch (error) {
    console.log(`BAD   the token: ${error.message}`);
    process.exitCode = 1;
}
await browser.close();
process.exit();
