import { mkdirSync, readFileSync } from 'node:fs';
import { launchBrowser } from './browser';
import { servePage } from './server';

/**
 * Takes pictures of the page for a person to judge, into `.cache/pictures`:
 * `node test/webview/harness/look.ts support:dark:1280x800[:key,key...] ...`
 */
const folder = '.cache/pictures';
mkdirSync(folder, { recursive: true });
/** A trace as `glassbox trace ID --json` prints it, shown by the case `given`. */
const given = process.env['TRACE'] && observationsOf(process.env['TRACE']);
const served = await servePage();
const browser = await launchBrowser();
for (const shot of process.argv.slice(2)) {
  const [name = 'support', theme = 'dark', size = '1280x800', keys = ''] = shot.split(':');
  const [width = 1280, height = 800] = size.split('x').map(Number);
  const page = await browser.newPage({ viewport: { width, height } });
  page.on('console', (message) => console.log(`${shot}: ${message.text()}`));
  page.on('pageerror', (error) => console.log(`${shot}: ${error.stack ?? error.message}`));
  if (given) await page.addInitScript(`window.given = ${given}`);
  await page.goto(`${served.url}?case=${name}&theme=${theme}`);
  await page.waitForSelector('.details, .empty');
  for (const key of keys.split(',').filter(Boolean)) {
    if (key.startsWith('@')) await page.getByRole('tab', { name: key.slice(1) }).click();
    else if (key.startsWith('=')) await page.locator(key.slice(1)).first().click();
    else await page.keyboard.press(key);
  }
  await page.waitForTimeout(400);
  await page.screenshot({ path: `${folder}/${shot.replace(/[^\w.-]+/g, '_')}.png` });
  await page.close();
}
await browser.close();
await served.close();

function observationsOf(file: string): string {
  const trace = JSON.parse(readFileSync(file, 'utf8')) as { readonly observations: unknown };
  return JSON.stringify(trace.observations);
}
