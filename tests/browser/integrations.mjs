// The page of API tokens and that of learning platforms: phone and desktop, light and dark, English and Danish; a token made by keyboard alone, and without scripts.
import { faults, open, run, sideways } from './site.mjs';

const looks = [
  { width: 1280, locale: 'en', colorScheme: 'light' },
  { width: 360, locale: 'da', colorScheme: 'dark' },
];

run(async ({ site, browser, test, assert }) => {
  const enter = async (options) => {
    const page = await open(browser, options);
    await page.goto(site.operator);
    return page;
  };
  const look = async (page, where) => {
    assert.deepEqual(await faults(page), [], where);
    assert.ok(await sideways(page) <= 0, `${where} is wider than the window`);
    assert.deepEqual(page.complaints, [], where);
  };

  for (const options of looks)
    await test(`the pages are accessible and fit the window: ${options.width} pixels, ${options.locale}, ${options.colorScheme}`, async () => {
      const page = await enter(options);
      for (const path of ['/provider/integrations', '/provider/integrations/lti']) {
        await page.goto(site.url + path);
        assert.equal(await page.getAttribute('html', 'lang'), options.locale);
        await look(page, path);
      }
      await page.goto(`${site.url}/provider/integrations`);
      await page.fill('#name', '   ');
      await Promise.all([page.waitForNavigation(), page.click('form[action="/provider/integrations"] button')]);
      await look(page, 'what is missing');
      await page.click('.notice.bad a');
      assert.equal(await page.evaluate(() => location.hash), '#name');
      await page.goto(`${site.url}/provider/integrations/lti`);
      for (const field of ['name', 'issuer', 'client_id']) await page.fill(`#${field}`, 'x');
      for (const field of ['auth_url', 'token_url', 'jwks_url']) await page.fill(`#${field}`, 'http://insecure.example/');
      await Promise.all([page.waitForNavigation(), page.click('form[action="/provider/integrations/lti"] button')]);
      assert.equal(await page.inputValue('#token_url'), 'http://insecure.example/');
      await look(page, 'a wrong address');
      await page.context().close();
    });

  await test('a token is made by keyboard alone, works at once, and is shown no second time', async () => {
    const page = await enter({ locale: 'en' });
    await page.goto(`${site.url}/provider/integrations`);
    const reach = async (id) => {
      for (let i = 0; i < 60; i++) {
        if (await page.evaluate((wanted) => document.activeElement.id === wanted || document.activeElement.name === wanted, id)) return;
        await page.keyboard.press('Tab');
      }
      assert.fail(`${id} is not reached by the keyboard`);
    };
    await reach('name');
    await page.keyboard.type('Student system');
    await reach('scope_award');
    await page.keyboard.press('Space');
    await reach('days');
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await look(page, 'the token');
    const token = await page.textContent('#token');
    const me = await (await fetch(`${site.url}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } })).json();
    assert.ok(me.actions.includes('batch.seal') && !me.actions.includes('specification.edit'));
    await page.goto(`${site.url}/provider/integrations`);
    assert.ok(!(await page.content()).includes(token));
    await page.context().close();
  });

  await test('a token is made and revoked without scripts', async () => {
    const page = await enter({ locale: 'da', javaScriptEnabled: false, width: 360 });
    await page.goto(`${site.url}/provider/integrations`);
    await page.fill('#name', 'Uden scripts');
    await page.click('form[action="/provider/integrations"] button');
    const token = await page.textContent('#token');
    const status = async () => (await fetch(`${site.url}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } })).status;
    assert.equal(await status(), 200);
    await page.goto(`${site.url}/provider/integrations`);
    await page.click('a[aria-label$="Uden scripts"]');
    await page.click('button.danger');
    assert.equal(await status(), 401);
    await page.context().close();
  });
});
