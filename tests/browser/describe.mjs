// The specifications' desk in a real browser: describing with autosave, approving, without scripts on a phone, with the keyboard alone, two people at once.
import { faults, open, run, sideways } from './site.mjs';

run(async ({ site, browser, test, assert }) => {
  const office = async (options = {}) => {
    const page = await open(browser, options);
    await page.goto(site.operator);
    return page;
  };
  const send = (page, selector) => Promise.all([page.waitForNavigation(), page.click(selector)]);
  // Readable for everybody, and no wider than a phone.
  const look = async (page, name) => {
    assert.deepEqual(await faults(page), [], name);
    const size = page.viewportSize();
    await page.setViewportSize({ width: 360, height: 740 });
    assert.equal(await sideways(page), 0, `${name} at 360 px`);
    await page.setViewportSize(size);
  };
  const begin = async (page, title) => {
    await page.goto(`${site.url}/provider/specifications/new`);
    await page.fill('#title', title);
    await send(page, 'main form[action$="/new"] button');
    return page.url().replace(/\/title$/, '');
  };
  const field = (name) => `[name="${name}"]`;

  await test('a micro-credential is described, saved while it is written, handed in, approved and read by everybody', async () => {
    const page = await office({ locale: 'en-GB' });
    await page.goto(`${site.url}/provider/specifications`);
    await look(page, 'list');
    await send(page, 'a:has-text("Describe a micro-credential")');
    await look(page, 'new');
    const draft = await begin(page, 'Care of feet in diabetes');
    await look(page, 'first page');
    assert.equal(await page.inputValue(field('id')), 'care-of-feet-in-diabetes');
    await page.fill(field('description.en'), 'For nurses & <b>podiatrists</b>.');
    await page.waitForSelector('[data-autosaved]:has-text("Saved on")');
    await send(page, 'button:has-text("Save and go on")');

    assert.equal(await page.textContent('h1'), 'Who gives it');
    await page.fill(field('provider.name.en'), 'Aarhus School of Nursing (invented)');
    await page.fill('[id="search.provider.country"]', 'denm');
    await page.check('[data-found="provider.country"] input[value="DK"]');
    await look(page, 'provider');
    await send(page, 'button:has-text("Save and go on")');

    await page.fill(field('learning_outcomes.0.title.en'), 'Assess a foot');
    await send(page, 'button[value="add learning_outcomes"]');
    await page.fill(field('learning_outcomes.1.title.en'), 'Choose an insole');
    await send(page, 'button[value="add learning_outcomes.1.skills"]');
    await page.fill(field('learning_outcomes.1.skills.0.label.en'), 'foot care');
    await page.fill(field('learning_outcomes.1.skills.0.uri'), 'http://data.europa.eu/esco/skill/00000000-0000-0000-0000-000000000000');
    await send(page, 'button[value="up learning_outcomes 1"]');
    assert.equal(await page.inputValue(field('learning_outcomes.0.title.en')), 'Choose an insole');
    assert.equal(await page.inputValue(field('learning_outcomes.0.skills.0.label.en')), 'foot care');
    await look(page, 'outcomes');
    await send(page, 'button:has-text("Save and go on")');

    await page.fill(field('workload.ects'), '2,5');
    await page.fill(field('workload.hours'), 'many');
    await page.selectOption(field('level.eqf'), '6');
    await send(page, '.actions button[value="save"]');
    assert.equal(await page.inputValue(field('workload.hours')), 'many'); // kept, and told at its field
    assert.match(await page.textContent('.field.wrong'), /“many” cannot be a number of hours/);
    assert.equal(await page.getAttribute(field('workload.hours'), 'aria-invalid'), 'true');
    await page.fill(field('workload.hours'), '70');
    await page.selectOption(field('level.basis'), 'declared');
    await look(page, 'workload');
    await send(page, 'button:has-text("Save and go on")');

    await page.selectOption(field('assessment.0.type'), 'portfolio');
    await page.check(field('participation.modes.blended'));
    await look(page, 'assessment');
    await send(page, 'button:has-text("Save and go on")');

    await page.goto(draft);
    assert.match(await page.textContent('#meter'), /^8 of 9 mandatory elements are answered/);
    await look(page, 'draft');
    await send(page, 'li:has-text("Type of quality assurance") a:has-text("Answer it")');
    assert.match(page.url(), /\/quality\?gaps=1#quality_assurance$/);
    await page.selectOption(field('quality_assurance.0.kind'), 'internal');
    await look(page, 'quality');
    await send(page, 'button:has-text("Save and go on")');
    await page.fill('[id="search.fields"]', 'nurs');
    await page.check(field('fields.0913'));
    await look(page, 'how it fits in');
    await send(page, 'button:has-text("Save and go on")');
    await page.fill(field('price.en'), 'DKK 4,200');
    await look(page, 'further answers');
    await send(page, 'button:has-text("Save and look at the whole")');

    assert.match(await page.textContent('#meter'), /^9 of 9/);
    await send(page, 'a.button:has-text("Preview")');
    assert.ok(await page.locator('img.certificate').evaluate(async (image) => { await image.decode(); return image.naturalWidth > 300; }));
    for (const format of ['open-badges', 'dc+sd-jwt', 'vc+jwt']) {
      await page.selectOption('#format', format);
      await send(page, 'button:has-text("Show")');
      assert.match(await page.textContent('pre.raw'), /Care of feet in diabetes/);
    }
    await look(page, 'preview');
    await send(page, 'a:has-text("Look at the page")');
    assert.match(await page.textContent('main'), /This is a preview of a draft.*For nurses & <b>podiatrists<\/b>\./s);
    await look(page, 'public page to be');

    await page.goto(draft);
    await send(page, 'button:has-text("Hand it in for approval")');
    assert.match(await page.textContent('main'), /Waiting for approval/);
    await look(page, 'waiting');
    await page.fill('#reason', 'Say who assesses.');
    await send(page, 'button:has-text("Send it back")');
    assert.match(await page.textContent('.notice.warn'), /Sent back.*Say who assesses\./s);
    await send(page, 'button:has-text("Hand it in for approval")');
    await send(page, 'button:has-text("Approve and publish")');
    assert.match(await page.textContent('main'), /Published\. Everybody can read it now/);

    const reader = await open(browser, { locale: 'en-GB' });
    await reader.goto(`${site.url}/specifications/care-of-feet-in-diabetes`);
    assert.equal(await reader.textContent('h1'), 'Care of feet in diabetes');
    assert.deepEqual(page.complaints.concat(reader.complaints), []);
    await reader.context().close();
    await page.context().close();
  });

  await test('a new version shows its approver what changes', async () => {
    const page = await office({ locale: 'en-GB' });
    await page.goto(`${site.url}/provider/specifications`);
    await send(page, 'form[action$="/wound-care-2026/version"] button');
    const draft = page.url();
    await page.goto(`${draft}/further`);
    await page.fill(field('price.en'), 'DKK 5,000');
    await send(page, '.actions button[value="save"]');
    await page.goto(draft);
    assert.match(await page.textContent('main'), /What changes.*Price.*Before.*DKK 4,200.*Now.*DKK 5,000/s);
    await look(page, 'changes');
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });

  await test('two people write the same element, and neither loses a word', async () => {
    const first = await office({ locale: 'en-GB' });
    const second = await office({ locale: 'en-GB' });
    const draft = await begin(first, 'Two at once');
    await first.goto(`${draft}/further`);
    await second.goto(`${draft}/further`);
    await first.fill(field('price.en'), '10 EUR');
    await first.waitForSelector('[data-autosaved]:has-text("Saved on")');
    await second.fill(field('purpose.en'), 'A need'); // another element: saved beside it
    await second.waitForSelector('[data-autosaved]:has-text("Saved on")');
    await second.fill(field('price.en'), '20 EUR');
    await second.waitForSelector('[data-autosaved]:has-text("somebody else has changed")');
    await send(second, '.actions button[value="save"]');
    assert.match(await second.textContent('[role=alert]'), /Nothing is lost/);
    assert.equal(await second.inputValue(field('price.en')), '20 EUR');
    assert.match(await second.textContent('.notice.warn'), /10 EUR/);
    await look(second, 'both versions');
    await send(second, '.actions button[value="save"]');
    await first.reload();
    assert.equal(await first.inputValue(field('price.en')), '20 EUR');
    assert.equal(await first.inputValue(field('purpose.en')), 'A need');
    await first.context().close();
    await second.context().close();
  });

  await test('what could not be saved because nobody was signed in any more comes back', async () => {
    const page = await office({ locale: 'en-GB' });
    const draft = await begin(page, 'Signed out');
    await page.goto(`${draft}/further`);
    await page.context().clearCookies();
    await page.fill(field('price.en'), 'Typed meanwhile');
    await page.waitForSelector('[data-autosaved]:has-text("you are signed out")');
    const other = await page.context().newPage(); // signs in again beside it
    await other.goto(site.operator);
    page.on('dialog', (dialog) => dialog.accept());
    await page.reload();
    assert.equal(await page.inputValue(field('price.en')), 'Typed meanwhile');
    assert.match(await page.textContent('[data-autosaved]'), /back in the form/);
    await send(page, '.actions button[value="save"]');
    assert.equal(await page.inputValue(field('price.en')), 'Typed meanwhile');
    await page.context().close();
  });

  await test('without scripts, on a phone, in Danish', async () => {
    const page = await office({ javaScriptEnabled: false, width: 360, viewport: { width: 360, height: 740 }, locale: 'da' });
    await page.goto(`${site.url}/provider/specifications/new`);
    await page.fill('#title', 'Fodpleje ved diabetes');
    await send(page, 'main form[action$="/new"] button');
    assert.equal(await page.textContent('h1'), 'Hvad det er');
    const draft = page.url().replace(/\/title$/, '');
    assert.equal(await page.inputValue(field('title.da')), 'Fodpleje ved diabetes');
    assert.match(await page.textContent('[id="title"]'), /mangler/); // the English one
    await page.fill(field('title.en'), 'Foot care in diabetes');
    await page.press(field('title.en'), 'Enter'); // saves, and removes nothing
    assert.equal(await page.inputValue(field('title.en')), 'Foot care in diabetes');
    await page.goto(`${draft}/offer`);
    await page.fill(field('prerequisites.da'), 'Autorisation');
    await page.fill('[id="search.fields"]', 'sygepleje');
    await send(page, 'button[value="search fields"]');
    assert.equal(await page.inputValue(field('prerequisites.da')), 'Autorisation');
    await page.check(field('fields.0913'));
    await send(page, '.actions button[value="save"]');
    assert.ok(await page.isChecked(field('fields.0913')));
    await page.goto(draft);
    await page.selectOption('#language', 'sv');
    await send(page, '.actions button[value="add"]');
    assert.match(await page.textContent('aside'), /4 tekster mangler/);
    await page.setViewportSize({ width: 360, height: 740 });
    await send(page, 'button:has-text("Slet for altid")');
    await send(page, 'button:has-text("Slet for altid")');
    assert.equal(await page.textContent('h1'), 'Beskrivelser');
    await page.context().close();
  });

  await test('with the keyboard alone', async () => {
    const page = await office({ locale: 'en-GB' });
    await page.goto(`${site.url}/provider/specifications/new`);
    const tabTo = async (selector) => {
      for (let i = 0; i < 80; i++) {
        if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
        await page.keyboard.press('Tab');
      }
      assert.fail(`${selector} is not reached with the Tab key`);
    };
    await tabTo('#title');
    await page.keyboard.type('By keyboard');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    await page.goto(page.url().replace(/\/title$/, '/outcomes'));
    await tabTo(field('learning_outcomes.0.title.en'));
    await page.keyboard.type('Type without a mouse');
    await tabTo('button[value="add learning_outcomes"]');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.equal(await page.inputValue(field('learning_outcomes.0.title.en')), 'Type without a mouse');
    await page.keyboard.press('Shift+Tab'); // the page stands at the new item
    await tabTo(field('learning_outcomes.1.title.en'));
    await page.keyboard.type('Again');
    await tabTo('button[value="next"]');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    assert.equal(await page.textContent('h1'), 'How much, and at what level');
    await page.context().close();
  });

  await test('dark pages are readable, too', async () => {
    const page = await office({ colorScheme: 'dark', locale: 'en-GB' });
    const draft = await begin(page, 'In the dark');
    for (const path of ['', '/quality?gaps=1', '/offer', '/preview']) {
      await page.goto(draft + path);
      assert.deepEqual(await faults(page), [], path);
    }
    await page.context().close();
  });
});
