// Journey J1 whole: a designer describes "Data ethics in practice" in two languages, another person approves it, a registrar uploads 60 results, sees which rows are wrong and
// why, an assessor signs off, the registrar seals, each learner gets a mail, one accepts. Real SMTP, real browser contexts for each person, and no mouse: every step of the four
// people of the office is made by keyboard.mjs. What is typed into the address bar (page.goto) are links out of mails and the addresses that a person knows.
//
//   j1.mjs MERIT WORKDIR [sqlite|postgresql]
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailServer, postgresql, until } from './helpers.mjs';
import { Keyboard } from './keyboard.mjs';
import { faults, open, run, sideways } from './site.mjs';

const LIMIT = 60 * 1024; // octets of a page with its style and script, without pictures
const WRONG = { 7: /day/, 19: /e-mail/i, 31: /name/i, 44: /day|date/i, 60: /row 12/ }; // what stands wrong in these rows, and a word of the reason
const ROWS = 60;

// 60 results as a colleague's spreadsheet program writes them, by openpyxl.
function workbook(path) {
  execFileSync('/usr/bin/python3', ['-c', `
import datetime, sys, openpyxl
book = openpyxl.Workbook()
sheet = book.active
sheet.title = "Results"
sheet.append(["given name", "family name", "birth date", "e-mail", "grade", "date"])
given = ["Søren", "Åse", "Łucja", "Ελένη", "Олена", "Þóra", "Ana", "Jürgen", "Inès", "Noor"]
def person(i):
    return [given[i % 10], "Prøve-" + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i % 26] + str(i), datetime.date(1970 + i % 30, 1 + i % 12, 1 + i % 28), f"learner{i}@example.org", "Passed", datetime.date(2026, 6, 12)]
for i in range(2, ${ROWS} + 2):
    row = person(12 if i == 60 else i)
    if i == 7: row[2] = "31.02.1990"
    if i == 19: row[3] = "nobody"
    if i == 31: row[0] = row[1] = None
    if i == 44: row[5] = "soon"
    sheet.append(row)
book.save(sys.argv[1])
`, path]);
}

const engine = process.argv[4] ?? 'sqlite';
const post = await mailServer();
const base = engine === 'postgresql' ? await postgresql() : { close() {} };
const missing = post.skip ?? base.skip;
if (missing) console.log(`1..0 # SKIP ${missing}`);
else await run(async ({ site, browser, work, test: one, assert }) => {
  // A journey has no way around a step that failed: those after it are not tried.
  let stuck;
  const test = (name, act) => one(name, async () => {
    assert.ok(!stuck, `not tried, since this failed: ${stuck}`);
    stuck = name;
    await act();
    stuck = undefined;
  });
  const looked = new Set();
  // Each page once: readable for everybody, small, and no wider than the window, be it a desk or a phone.
  const look = async (page, name) => {
    if (looked.has(name)) return;
    looked.add(name);
    assert.deepEqual(await faults(page), [], name);
    assert.deepEqual(page.complaints, [], name);
    const octets = await page.evaluate(() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .filter((one) => one.initiatorType !== 'img' && one.initiatorType !== 'fetch').filter((one, at, all) => all.findIndex((other) => other.name === one.name) === at).reduce((sum, one) => sum + one.encodedBodySize, 0));
    assert.ok(octets > 0 && octets <= LIMIT, `${name} has ${octets} octets`);
    const size = page.viewportSize();
    for (const width of [360, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await sideways(page) <= 0, `${name} is wider than ${width} pixels`);
      await page.screenshot({ path: join(work, `${String(looked.size).padStart(2, '0')}-${name}-${width}.png`), fullPage: true, animations: 'disabled' });
    }
    await page.setViewportSize(size);
  };
  const mailTo = (to, fits = () => true) => until(`a mail to ${to}`, () => post.mails.find((mail) => mail.to === to && fits(mail)));
  const linkIn = (mail, path) => {
    const found = new RegExp(`${site.url}${path}\\S+`).exec(mail.text);
    assert.ok(found, mail.text);
    return found[0];
  };
  const people = [];
  // Somebody comes in by the link that is mailed to her.
  const signIn = async (email, to) => {
    const page = await open(browser, { locale: 'en-GB' });
    const keys = await Keyboard.of(page);
    people.push({ page, keys });
    await page.goto(`${site.url}/sign-in?to=${to}`);
    await keys.skip();
    await look(page, 'sign-in');
    await keys.write(email, 'E-mail address for the link');
    await keys.press('Mail me a link');
    await look(page, 'sign-in-sent');
    await page.goto(linkIn(await mailTo(email, (mail) => mail.text.includes('/sign-in/link/')), '/sign-in/link/'));
    await keys.skip();
    await look(page, 'sign-in-link');
    await keys.press('Sign in');
    assert.equal(new URL(page.url()).pathname, to);
    if (await page.getAttribute('html', 'lang') !== 'en') { // her own language is Danish; the words of this journey are English
      await keys.press('English');
      assert.equal(await page.getAttribute('html', 'lang'), 'en');
    }
    return { page, keys };
  };

  let designer, draft;
  await test('the designer signs in by a mailed link and begins', async () => {
    designer = await signIn('ditte@example.org', '/provider/specifications');
    const { page, keys } = designer;
    await keys.skip();
    await look(page, 'specifications');
    await keys.press('Describe a micro-credential');
    await keys.skip();
    await look(page, 'new');
    await keys.write('Data ethics in practice', 'Title of the micro-credential');
    await keys.choose('English', 'Language that you write in');
    await keys.press('Begin');
    draft = page.url().replace(/\/title$/, '');
    await keys.press('The whole draft');
    await keys.choose('Danish', 'One more language');
    await keys.press('Add the language');
    await keys.press('What it is');
  });

  await test('she answers all eleven mandatory elements in English and Danish', async () => {
    const { page, keys } = designer;
    const both = async (english, danish, ...groups) => {
      await keys.write(english, /^English/, ...groups);
      await keys.write(danish, /^Danish/, ...groups);
    };
    const part = async (name) => { // each page of the form begins at its top
      assert.equal(await page.textContent('h1'), name);
      await keys.skip();
    };
    await part('What it is');
    await both('Data ethics in practice', 'Dataetik i praksis', 'Title of the micro-credential');
    await both('How to use data about people without losing their trust.', 'Hvordan man bruger data om mennesker uden at miste deres tillid.', 'Description');
    await look(page, 'part-title');
    await keys.press('Save and go on');

    await part('Who gives it');
    await both('Aarhus School of Nursing (invented)', 'Aarhus Sygeplejeskole (opdigtet)', 'Legal name');
    await keys.reach(/^(Denmark|not said)$/, 'Country');
    if ((await keys.focused()).name !== 'Denmark') {
      await keys.write('denm', /^Search ?: Country/);
      await page.getByRole('radio', { name: 'Denmark' }).waitFor();
      while ((await keys.step('Shift+Tab'))?.groups[0] !== 'Country');
    }
    for (let i = 0; i < 5 && (await keys.focused()).name !== 'Denmark'; i++) await keys.step('ArrowDown');
    await page.keyboard.press('Space');
    assert.ok(await page.getByRole('radio', { name: 'Denmark' }).isChecked());
    await look(page, 'part-provider');
    await keys.press('Save and go on');

    await part('What learners will be able to do');
    await both('Name the interests of those whom data are about', 'Benævne interesserne hos dem, som data handler om', 'What the learner can do', 'No. 1');
    await keys.choose('knowledge', 'Knowledge or skill', 'No. 1');
    await keys.press(/^Add one more ?: Learning outcomes/);
    assert.equal(await page.textContent('h1'), 'What learners will be able to do');
    await both('Carry out a data protection impact assessment', 'Gennemføre en konsekvensanalyse om databeskyttelse', 'What the learner can do', 'No. 2');
    await keys.choose('skill', 'Knowledge or skill', 'No. 2');
    await look(page, 'part-outcomes');
    await keys.press('Save and go on');

    await part('How much, and at what level');
    await keys.write('3', 'ECTS credits offered');
    await keys.write('81', 'Hours of work');
    await keys.choose('Level 6', 'EQF level');
    await keys.reach('Basis of the level');
    await page.keyboard.press('ArrowDown');
    await look(page, 'part-workload');
    await keys.press('Save and go on');

    await part('How it is taken and assessed');
    await keys.reach('Type', 'No. 1');
    await page.keyboard.press('ArrowDown');
    await both('A case from work, written up and defended', 'En sag fra arbejdet, skrevet ned og forsvaret', 'In your own words', 'No. 1');
    await keys.tick('Online', 'Forms');
    await look(page, 'part-assessment');
    await keys.press('Save and go on');

    await part('Who assures the quality');
    await keys.reach('Kind', 'No. 1');
    await page.keyboard.press('ArrowDown');
    await both('Course evaluation and peer review every year', 'Kursusevaluering og kollegial gennemgang hvert år', 'Name', 'No. 1');
    await look(page, 'part-quality');
    await keys.press('Save and go on');

    await part('How it fits in');
    await both('Work with data about people', 'Arbejde med data om mennesker', 'Prerequisites to enrol');
    await both('May count towards a diploma', 'Kan tælle med i en diplomuddannelse', 'Integration and stackability options');
    await keys.write('ethic', /^Search ?: Fields of education/);
    await page.locator('[data-found="fields"] input').first().waitFor();
    await keys.press('Save and go on');

    await part('Further answers');
    await look(page, 'part-further');
    await keys.press('Save and look at the whole');
    assert.match(await page.textContent('#meter'), /^9 of 9/); // the other two, who the learner is and the day of awarding, are given with the results
    await look(page, 'draft');
  });

  await test('she looks at it as it will be, and hands it in', async () => {
    const { page, keys } = designer;
    await keys.skip();
    await keys.press('Preview');
    assert.equal(await page.locator('img.certificate').evaluate(async (image) => { await image.decode(); return image.naturalWidth > 300; }), true);
    await look(page, 'preview');
    await page.goBack();
    await keys.press('Hand it in for approval');
    assert.match(await page.textContent('main'), /Waiting for approval/);
    assert.equal(await page.getByRole('button', { name: 'Approve and publish' }).count(), 0); // never by who handed it in
  });

  await test('the approver sees what waits for him, and approves', async () => {
    const { page, keys } = await signIn('aage@example.org', '/provider/specifications');
    await keys.skip();
    assert.match(await page.textContent('main'), /Waits for you/i);
    await keys.press('Data ethics in practice');
    assert.equal(page.url(), draft);
    await keys.skip();
    await look(page, 'approve');
    await keys.press('Approve and publish');
    assert.match(await page.textContent('main'), /Published\. Everybody can read it now/);
    await look(page, 'published');
  });

  let slug;
  await test('everybody finds it in the catalogue, in both languages', async () => {
    for (const [locale, title] of [['en-GB', 'Data ethics in practice'], ['da-DK', 'Dataetik i praksis']]) {
      const page = await open(browser, { locale });
      const keys = await Keyboard.of(page);
      await page.goto(`${site.url}/specifications?q=${encodeURIComponent(title)}`);
      await look(page, `catalogue-${locale}`);
      if (locale === 'en-GB') await keys.skip();
      await keys.press(title);
      assert.equal(await page.textContent('h1'), title);
      await look(page, `public-${locale}`);
      slug = new URL(page.url()).pathname.split('/').pop();
      await page.context().close();
    }
  });

  let registrar, batch;
  const office = () => `${site.url}/provider/specifications/${slug}`;
  await test('the registrar uploads 60 results and sees the fate of every row', async () => {
    registrar = await signIn('regitze@example.org', '/provider');
    const { page, keys } = registrar;
    await keys.skip();
    await look(page, 'office');
    await keys.press('Data ethics in practice');
    await keys.skip();
    await look(page, 'office-specification');
    await keys.reach(/^Table of results/);
    // The one thing that no page can be told by keys: the dialogue that Enter opens belongs to the system. The file is put in as if it had been chosen there.
    workbook(join(work, 'results.xlsx'));
    await page.setInputFiles('#results-file', join(work, 'results.xlsx'));
    await keys.press('Read and show');
    assert.equal(await page.textContent('h1'), `${ROWS} rows read. ${ROWS - 5} are ready to be sealed.`);
    batch = page.url();
    await look(page, 'upload');
    const told = await page.locator('details.look tbody tr').evaluateAll((rows) => rows.map((row) => [Number(row.cells[0].textContent), row.cells[3].textContent]));
    assert.deepEqual(told.map(([row]) => row), Object.keys(WRONG).map(Number));
    for (const [row, why] of told) assert.match(why, WRONG[row], `row ${row}`);
  });

  await test('she takes the rows that were left out, each with its reason', async () => {
    const { page, keys } = registrar;
    await keys.skip();
    await keys.reach('Download the rows left out');
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    const lines = readFileSync(await download.path(), 'utf8').replace(/^\ufeff/, '').trim().split('\r\n');
    assert.equal(lines.length, 6);
    assert.match(lines[0], /reason$/);
    assert.ok((await keys.focused()).name === 'Download the rows left out', 'the focus stays where it was');
    assert.equal(await page.getByRole('button', { name: /^Seal/ }).count(), 0); // nobody has signed off
  });

  await test('the assessor signs the results off', async () => {
    const { page, keys } = await signIn('bo@example.org', '/provider');
    await keys.skip();
    await keys.press('results.xlsx');
    assert.equal(page.url(), batch);
    await keys.skip();
    await look(page, 'sign-off');
    await keys.press(/^Sign .*off/);
    await look(page, 'signed');
  });

  await test('the registrar seals, closes the tab, and finds it done', async () => {
    const { page, keys } = registrar;
    await page.reload();
    await keys.skip();
    await keys.press(`Seal ${ROWS - 5} credentials`);
    assert.equal(page.url(), batch);
    await page.close();
    const again = await registrar.page.context().newPage(); // the same person, a new tab
    again.complaints = [];
    registrar = { page: again, keys: await Keyboard.of(again) };
    await again.goto(batch);
    await again.locator('#links').waitFor({ state: 'attached', timeout: 120_000 }); // the page shows how far it is by itself
    assert.match(await again.textContent('h1'), /sealed/);
    await look(again, 'sealed');
  });

  await test('each learner gets one mail', async () => {
    const claims = () => post.mails.filter((mail) => /\/claim\//.test(mail.text));
    await until('55 mails', () => claims().length >= ROWS - 5);
    assert.equal(new Set(claims().map((mail) => mail.to)).size, ROWS - 5);
    assert.equal(claims().length, ROWS - 5);
    for (const mail of claims()) {
      assert.match(mail.subject, /Data ethics in practice/);
      assert.match(mail.html, /\/claim\//);
    }
    for (const row of Object.keys(WRONG)) if (row !== '60') assert.ok(!claims().some((mail) => mail.to === `learner${row}@example.org`));
  });

  await test('a learner opens her link on her phone and accepts, and the counters say so', async () => {
    const mail = await mailTo('learner3@example.org');
    const learner = await open(browser, { locale: 'da-DK', viewport: { width: 360, height: 740 } });
    await learner.goto(linkIn(mail, '/claim/'));
    assert.match(await learner.textContent('main'), /Dataetik i praksis/);
    await look(learner, 'claim');
    const keys = await Keyboard.of(learner);
    await keys.press(/^Tag imod|^Modtag|^Ja/);
    assert.match(await learner.textContent('main'), /Dataetik i praksis/);
    await look(learner, 'accepted');
    const { page } = registrar;
    const counts = await until('the counters say so', async () => {
      await page.goto(batch);
      const all = Object.fromEntries(await page.locator('dl.facts').first().evaluate((list) => [...list.querySelectorAll('dt')].map((term) => [term.textContent, Number(term.nextElementSibling.textContent)])));
      return Object.entries(all).some(([name, count]) => /^accepted/i.test(name) && count === 1) && all;
    });
    assert.ok(Object.entries(counts).some(([name, count]) => /mail/i.test(name) && count === ROWS - 5), JSON.stringify(counts));
    await look(page, 'counters');
  });

  await test('the focus was seen at every stop of the journey', async () => {
    const stops = people.reduce((sum, person) => sum + person.keys.stops, 0);
    assert.ok(stops > 300, `${stops} stops`);
    for (const { page } of people) assert.deepEqual(page.complaints, []);
  });
}, { words: ['--smtp', `smtp://127.0.0.1:${post.port}`, '--mail-from', 'post@merit.example.org', ...(base.url ? ['--database', base.url] : [])] });
await post.close();
await base.close();
