// Each page in front of the demo, whose hosts die and whose networks are pulled meanwhile; and its MIDI at all three taps.
import { check, launch, open, PAGES, verdict, visit } from './browser.mjs';

const browser = await launch();
try {
    const page = await open(browser);
    await verdict(page).filter({ hasText: /Ready|Degraded|Not safe/ }).waitFor({ timeout: 20_000 });
    for (const path of PAGES) await visit(page, path);
    await visit(page, '/monitor');
    for (const tap of ['In', 'Out', 'Delivered']) {
        await page.getByRole('button', { name: tap, exact: true }).click();
        await page.getByTestId('tapped').filter({ hasText: 'live' }).waitFor();
        await page.getByTestId('taken').filter({ hasText: /^[1-9]/ }).waitFor();
    }
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByTestId('client-foh').waitFor();
    check(page.complaints.length === 0, page.complaints.join('; '));
    console.log('good  the dashboard of the demo');
} catch (error) {
    console.log(`BAD   the dashboard of the demo: ${error.message}`);
    process.exitCode = 1;
}
await browser.close();
process.exit();
