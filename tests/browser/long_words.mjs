// The main pages in the pseudo-language en-XA, whose words are about 40 % longer than English ones, at 360 px: nothing is wider than the window, and no text is cut off. What holds
// here holds in German, Finnish and Greek.
//
//   long_words.mjs MERIT WORKDIR        the pictures are left in WORKDIR
import { join } from 'node:path';
import { issue, open, publicPages, run, sideways } from './site.mjs';

const officePages = ['', '/specifications', '/specifications/new', '/specifications/wound-care-2026', '/specifications/wound-care-2026/award', '/specifications/wound-care-2026/numbers',
  '/specifications/wound-care-2026/validations', '/enrolments', '/profiles', '/ending', '/award-settings', '/opportunities', '/opportunities/new?specification=wound-care-2026', '/mail',
  '/mail/templates', '/people', '/partners', '/organisation', '/organisation/units', '/organisation/assessors', '/webhooks', '/integrations', '/audit'];

// Texts that somebody would have to guess the rest of: wider than the box that hides what is over. What is cut with three dots on purpose, and what only screen readers read, is not meant.
const cut = (page) => page.evaluate(() => [...document.querySelectorAll('body *')].filter((element) => {
  const style = getComputedStyle(element);
  if (!element.checkVisibility() || element.closest('.unseen, .skip, pre, svg') || style.textOverflow === 'ellipsis') return false;
  if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) return false;
  const hides = (value) => value === 'hidden' || value === 'clip';
  const button = element.matches('button, .button, summary, .tag, .state') && element.scrollWidth > element.clientWidth + 1 && style.display !== 'inline';
  return button || (hides(style.overflowX) && element.scrollWidth > element.clientWidth + 1) || (hides(style.overflowY) && element.scrollHeight > element.clientHeight + 1);
}).map((element) => `cut: ${element.outerHTML.slice(0, 140)}`));

await run(async ({ site, browser, work, test, assert }) => {
  const page = await open(browser, { locale: 'en-GB', width: 360 });
  const [file] = issue(site, work, 'wound-care');
  const look = (name, go) => test(`${name} holds long words`, async () => {
    await go();
    assert.equal(await page.getAttribute('html', 'lang'), 'en-XA');
    const said = await cut(page);
    const over = await sideways(page);
    if (over > 0) said.push(`${over} pixels wider than the window`);
    await page.screenshot({ path: join(work, `${name.replace(/[^a-z0-9]+/gi, '-')}.png`), fullPage: true, animations: 'disabled' });
    assert.deepEqual(said, []);
  });
  await test('whoever names the pseudo-language gets it, and nobody is offered it', async () => {
    await page.goto(`${site.url}/?lang=en-XA`);
    assert.match(await page.textContent('main'), /[áéíóú]{2}/);
    await page.click('.languages summary');
    assert.equal(await page.locator('.languages [lang=en-XA]').count(), 0);
  });
  for (const path of [...publicPages, '/sign-in', '/claim']) await look(`public ${path}`, () => page.goto(site.url + path));
  await look('a verdict', async () => {
    await page.goto(`${site.url}/verify`);
    await page.setInputFiles('input[type=file]', file);
    await page.waitForURL(/\/verify/);
    if (await page.locator('main form button.button').count()) await Promise.all([page.waitForLoadState('load'), page.locator('main form button.button').first().click()]);
    await page.waitForSelector('main table');
  });
  await page.goto(site.operator);
  for (const path of officePages) await look(`office ${path || '/'}`, () => page.goto(`${site.url}/provider${path}`));
  await page.context().close();
});
