import { launch } from './e2e/browser.ts';
import { CHROMIUM, NO_CHROMIUM } from './e2e/chromium.ts';

const OUTPUT = new URL('../../docs/console.png', import.meta.url).pathname;

/**
 * Takes the README's picture of the console from the sample data:
 * `node apps/console/screenshot.ts "$(npx -y pnpm@12 --silent baton sign-in)"` while `start` runs.
 */
async function take(link: string, executablePath: string): Promise<void> {
  const browser = await launch(executablePath);
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 840 }, colorScheme: 'light' });
    await page.goto(link);
    await page.getByRole('button', { name: /Marcus/ }).click();
    await page.getByRole('link', { name: /Inbox/ }).first().waitFor();
    await page.goto(new URL('/inbox?stage=closing', link).href);
    // A sale in closing has had several owners.
    await page.getByText('Closer', { exact: true }).first().click();
    await page.getByText('holds this conversation').waitFor();
    await page.locator('[aria-label^="Loading"]').first().waitFor({ state: 'detached' });
    await page.waitForFunction("document.fonts.status === 'loaded'");
    await page.screenshot({ path: OUTPUT });
    console.log(OUTPUT);
  } finally {
    await browser.close();
  }
}

const [link] = process.argv.slice(2);
if (link === undefined || !URL.canParse(link)) throw new Error('Give the link that `baton sign-in` prints');
if (CHROMIUM === undefined) throw new Error(NO_CHROMIUM);
await take(link, CHROMIUM);
