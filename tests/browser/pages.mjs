// Every page of the site, looked at: the walk visits each GET address of src/web/routes.def with something to show behind it, as who may see it, on a desk and on a phone, in light
// and dark, in English and Danish. A route that is neither walked nor excused with a reason fails the test.
//
//   pages.mjs MERIT WORKDIR        the pictures are left in WORKDIR; MERIT_PAGES=word visits only what has the word in its name
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { faults, issue, mailed, open, root, run, sideways } from './site.mjs';

// Addresses that show no page of their own.
const excused = {
  '/specifications/*/file': 'a file', '/claim/*/*/certificate': 'a picture', '/claim/*/*/file/*': 'a file', '/wallet/items/*/file/*': 'a file', '/shared/*/*/file/*/*': 'a file', '/account/data/export': 'a file', '/account/data/awards/*': 'part of J2, for it needs an award of one\'s own', '/provider/template': 'a file', '/provider/drafts/*/file': 'a file',
  '/provider/drafts/*/preview/certificate': 'a picture', '/provider/batches/*/progress': 'JSON for a script', '/provider/batches/*/sample': 'a picture',
  '/provider/batches/*/refused': 'a file', '/provider/batches/*/links': 'a file', '/provider/vocabularies/*': 'JSON for a script', '/provider/specifications/*/numbers/table': 'a file',
  '/provider/evidence/*': 'a file', '/provider/organisation/branding/*': 'pictures and a file', '/verify/*/*': 'the report of /verify (paper.mjs)', '/verify/*/*/file/*': 'files (j3.mjs)', '/provider/audit/file.csv': 'a file', '/provider/audit/file.jsonl': 'a file', '/lti/jwks': 'JSON', '/types/micro-credential': 'JSON',
  '/status/withdrawn/*': 'a list for programs', '/status/*/revocation': 'a list for programs', '/status/*/suspension': 'a list for programs', '/status/*/token': 'a list for programs',
  '/health': 'for monitors', '/ready': 'for monitors', '/metrics': 'for monitors', '/static/*': 'files', '/.well-known/did.json': 'JSON', '/.well-known/jwt-vc-issuer': 'JSON',
  '/.well-known/jwt-vc-issuer/*': 'JSON', '/.well-known/jwt-vc-issuer/*/*': 'JSON', '/*/did.json': 'JSON', '/*/*/did.json': 'JSON',
  '/operator/*': 'leads to /provider', '/sign-in/with/*': 'leads elsewhere (sign_in_elsewhere.mjs)', '/sign-in/back/*': 'comes from elsewhere (sign_in_elsewhere.mjs)',
  '/sign-in/federation': 'leads elsewhere (sign_in_federation.mjs)', '/provider/specifications/*/results': 'leads back', '/provider/batches/*/schedule': 'leads back',
  '/provider/batches/*/status': 'leads back', '/provider/validations/*/decision': 'leads back', '/provider/validations/*/award': 'leads back',
};
// Steps whose page is an answer that something is not there, or not for everybody.
const refused = { 'invitation-over': 410, 'shared-over': 410, 'sign-in-over': 410, 'mail-stop-unknown': 404, 'lti-error': 400, locked: 403, 'no-such-page': 404 };
const get = [...readFileSync(join(root, 'src/web/routes.def'), 'utf8').matchAll(/^MR_ROUTE\(MR_GET, "([^"]+)"/gm)].map((found) => found[1]);
const catalogues = readFileSync(join(root, 'web/i18n/en.po'), 'utf8');
const first = [...new Set([...catalogues.matchAll(/^msgid "([a-z_]+)\./gm)].map((found) => found[1]))];
const unsaid = new RegExp(`(?<![\\w@/.:-])(${first.join('|')})\\.[a-z_]+(\\.[a-z_0-9]+)*(?![\\w@/:-])`);

const SLUG = 'wound-care-2026';
const LONG = 'Nordic Consortium for Interprofessional Lifelong Learning in Community Nursing, Rehabilitation and Municipal Health Services';
const clean = 'name,birth date,e-mail,grade,date\nSøren Ægidius Þórsson,1984-02-29,soren@example.org,Passed,2026-06-12\nΕλένη Παπαδοπούλου,1991-03-04,eleni@example.org,Passed,2026-06-12\nSukarno,1988-08-17,,Passed,2026-06-12\n';
const faulty = 'name,birth date,e-mail,grade,date\nMaria-Fernanda de la Concepción Álvarez-Santillana y Fernández de Córdoba,1984-02-29,mf@example.org,Passed,2026-06-12\nBo,31-02-1990,bo@example,Passed,2026-06-12\n,1990-01-01,nobody@example.org,Passed,2026-06-12\nŁucja Żółć,1990-05-01,lucja@example.org,Failed,2026-06-12\nОлена Шевченко,1979-12-31,olena@example.org,Passed,2026-06-12\n';

// A receiver of webhooks that refuses everything.
const hook = createServer((request, response) => { request.resume(); response.writeHead(500).end('out of order'); });
await new Promise((done) => { hook.listen(0, '127.0.0.1', done); });

// Rows that time alone would bring: mails in every state, credentials that end soon.
function age(site) {
  execFileSync('python3', ['-c', `
import json, sqlite3, sys, time, uuid
db = sqlite3.connect(sys.argv[1], timeout=60)
now = int(time.time() * 1000)
rows = db.execute("SELECT id, org_id FROM achievement ORDER BY id LIMIT 6").fetchall()
with db:
    for n, (a, org) in enumerate(rows):
        id = "%08x-%04x-7%s-8%s-%s" % (now >> 16, now & 0xffff, uuid.uuid4().hex[:3], uuid.uuid4().hex[:3], uuid.uuid4().hex[:12])
        state, answer = [("refused", "550 5.1.1 there is no such user"), ("returned", "5.2.2 mailbox full"), ("given_up", "421 try again later"), ("sent", "250 ok"), ("sent", "250 ok"),
                         ("refused", "554 5.7.1 not taken from here")][n]
        to = "somebody.with.a.long.address.%d@students.university-of-applied-sciences.example.org" % n if n == 1 else "learner%d@example.org" % n
        db.execute("INSERT INTO mail (id, org_id, template, language, recipient, object_id, data, state, attempts, next_at, answer, created_at, sent_at) VALUES (?, ?, 'claim', 'en', ?, ?, ?, ?, 3, 0, ?, ?, ?)",
                   (id, org, to, a, json.dumps({"learner": "Ada", "title": "T", "provider": "P", "link": "http://x/y"}).encode(), state, answer, now - 3600000 * (n + 1), now if state == "sent" else None))
    db.execute("UPDATE achievement SET expires_at = ? WHERE id IN (SELECT id FROM achievement ORDER BY id LIMIT 2)", (now + 20 * 86400000,))
`, join(site.folder, 'merit.db')]);
}

// Everything that the pages show. Gives what stands for the stars of the patterns.
async function furnish({ site, work, browser, assert }) {
  const who = {};
  const enter = async (name, link) => {
    who[name] = await open(browser, { locale: 'en-GB' });
    await who[name].goto(link);
    if (name !== 'operator') await Promise.all([who[name].waitForNavigation(), who[name].click('main form button')]);
  };
  await enter('operator', site.operator);
  for (const [at, name] of ['designer', 'approver', 'registrar', 'assessor', 'administrator'].entries()) await enter(name, site.people[at]);
  who.stranger = await open(browser, { locale: 'en-GB' });
  const send = (page, selector) => Promise.all([page.waitForNavigation(), page.locator(selector).first().click()]);
  const token = site.operator.split('/').pop();
  const call = async (method, path, data) => {
    const answer = await fetch(`${site.url}/api/v1${path}`, { method, body: data ? JSON.stringify(data) : undefined,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  };
  const upload = async (text, name) => {
    const page = who.registrar;
    await page.goto(`${site.url}/provider/specifications/${SLUG}`);
    await page.setInputFiles('#results-file', { name, mimeType: 'text/csv', buffer: Buffer.from(text) });
    await send(page, 'form[data-drop] button');
    return page.url();
  };
  const id = (address, at) => new URL(address, site.url).pathname.split('/')[at];
  const made = { who };

  made.preview = id(await upload(faulty, 'efteråret-2026-plejehjem-og-hjemmesygepleje-resultater-endelig-version-2.csv'), 3);
  made.mapping = id(await upload('Wer;Wann;Note X\n"Kjær-Test, Søren";14.05.1990;G\n', 'fall.csv'), 3);
  const office = who.operator;
  await office.goto(`${site.url}/provider/specifications/${SLUG}`);
  for (const href of await office.locator('table a[href^="/provider/batches/"]').evaluateAll((links) => links.map((a) => a.getAttribute('href'))))
    if (![made.preview, made.mapping].includes(id(href, 3))) made.sealed = id(href, 3);
  await office.goto(`${site.url}/provider/specifications/${SLUG}`);
  await office.setInputFiles('#results-file', { name: 'spring.csv', mimeType: 'text/csv', buffer: Buffer.from(clean) });
  await send(office, 'form[data-drop] button');
  await send(office, 'button:has-text("Seal 3")');
  await office.waitForSelector('h1:has-text("3 credentials are sealed.")');
  const links = (await (await office.request.get(`${office.url().split('?')[0]}/links`)).text()).match(/http\S+\/claim\/[^\s,"]+/g).map((link) => new URL(link).pathname);
  [made.claim, made.claimed, made.declined] = links;
  made.achievement = id(made.claim, 2);
  await who.stranger.goto(site.url + made.claimed);
  await send(who.stranger, 'form[action$="/accept"] button');
  await who.stranger.goto(`${site.url}${made.claimed}/keep`);
  await who.stranger.fill('#email', 'kept@example.org');
  await send(who.stranger, 'form[action$="/keep/mail"] button');
  made.begin = new URL(mailed(site, 'kept@example.org', 'keep').link).pathname;
  await who.stranger.goto(`${site.url}${made.declined}/name`);
  await who.stranger.fill('#name', 'Another Name');
  await send(who.stranger, 'form[action$="/name"] button');
  await who.designer.goto(`${site.url}/wallet/add`);
  await who.designer.setInputFiles('#file', issue(site, work, 'wound-care')[0]);
  await send(who.designer, 'form[data-drop] button');
  made.item = id(who.designer.url(), 3);
  await who.designer.goto(`${site.url}/wallet/collections`);
  await who.designer.fill('#name', 'For work');
  await send(who.designer, 'main form[action$="/collections"] button');
  made.collection = id(who.designer.url(), 3);
  await send(who.designer, 'button[value=put]');
  const share = async (label) => {
    await who.designer.goto(`${site.url}/wallet/share?item=${made.item}`);
    await who.designer.fill('#label', label);
    await send(who.designer, 'button[value=preview]');
    await send(who.designer, 'button[value=make]');
    return { id: id(who.designer.url(), 3), path: new URL(await who.designer.getAttribute('#link', 'href'), site.url).pathname };
  };
  made.shareOver = await share('Gemeentelijke gezondheidsdienst Noord-Veluwe, sollicitatiecommissie wijkverpleegkundigen (verzonnen)');
  await send(who.designer, 'form[action$="/stop"] button');
  made.share = await share('Nordhospitalet (opdigtet)');
  await who.designer.goto(`${site.url}/account/addresses`);
  await who.designer.fill('#email', 'one.more@example.org');
  await send(who.designer, 'main form.inline-form button');
  made.address = new URL(mailed(site, 'one.more@example.org', 'address').link).pathname;

  const design = who.designer, approver = who.approver;
  const begin = async (title) => {
    await design.goto(`${site.url}/provider/specifications/new`);
    await design.fill('#title', title);
    await send(design, 'main form[action$="/new"] button');
    return id(design.url(), 3);
  };
  const copy = async () => {
    await design.goto(`${site.url}/provider/specifications`);
    await send(design, `form[action$="/${SLUG}/copy"] button`);
    const draft = id(design.url(), 3);
    await design.goto(`${site.url}/provider/drafts/${draft}`);
    await send(design, 'button:has-text("Hand it in for approval")');
    return draft;
  };
  made.draft = await begin('Care of feet in diabetes');
  await begin(`Interprofessional rehabilitation and digital documentation in municipal health services: ${LONG}`);
  made.back = await copy();
  await approver.goto(`${site.url}/provider/drafts/${made.back}`);
  await approver.fill('#reason', 'Say who assesses.\nAnd say it in Danish, too.');
  await send(approver, 'button:has-text("Send it back")');
  made.waiting = await copy();

  const opportunity = { specification: SLUG, state: 'open', start: '2099-02-01', end: '2099-04-01', apply_until: '2099-01-15', time_zone: 'Europe/Copenhagen', mode: 'blended', place: 'Aarhus',
    languages: ['da', 'en'], price: 1200.5, currency: 'DKK', seats: 24 };
  made.opportunity = (await call('POST', '/opportunities', opportunity)).id;
  await call('POST', '/opportunities', { ...opportunity, state: 'draft', start: '2099-09-01', end: '2099-11-01', place: 'Ærøskøbing' });
  made.validation = (await call('POST', `/specifications/${SLUG}/validations`, { name: 'Þóra Ægisdóttir', birth_date: '1979-05-06', claim: 'Ten years in a clinic.\nTwo as head nurse.' })).id;
  await call('POST', '/evidence', { kind: 'validation', object: made.validation, name: 'bedømmelse-af-realkompetence.txt', content: 'YWJj' });
  const refused = await call('POST', `/specifications/${SLUG}/validations`, { name: 'Bo', claim: 'At work' });
  await call('POST', `/validations/${refused.id}/decision`, { accept: false, reasons: 'Not shown.', assessor: 'Karin Test' });
  made.refused = refused.id;
  await call('PUT', `/specifications/${SLUG}/enrolments/page`, { open: true, seats: 20 });
  const enrol = (name, more) => call('POST', '/enrolments', { specification: SLUG, name, email: 'a@example.org', birth_date: '1990-01-02', ...more });
  await enrol('Inès Lefèvre-Test');
  await enrol('Øyvind Ødegård-Test', { state: 'applied' });
  const third = await enrol('Sukarti');
  await call('PUT', `/enrolments/${third.id}`, { passed: true, grade: '12', awarded_on: '2026-06-12' });
  await call('POST', '/partners', { specification: SLUG, email: 'guild@example.org', profile: { name: { en: LONG }, country: 'IE' } });
  await call('POST', '/organisation/units', { kind: 'department', profile: { name: { en: 'Department of Community Nursing' }, country: 'DK' } });
  await call('POST', '/organisation/assessors', { name: { en: 'Guild of Wound Nurses (invented)' }, country: 'IE' });
  await call('POST', '/organisation/statements', { kind: 'recognition', version: '2026', valid_from: '2026-01-01', text: { en: 'We recognise what others award.\nIt takes four weeks.' } });
  made.profile = (await call('POST', '/profiles', { name: 'Studieadministration', columns: { name: 'Navn', birth_date: 'Fødselsdato', grade: 'Karakter' }, dates: 'day-first' })).id;
  const hooked = await call('POST', '/webhooks', { url: `http://127.0.0.1:${hook.address().port}/merit`, events: ['achievement.claimed'], contact: 'it@example.org' });
  made.webhook = hooked.id;
  await call('POST', `/webhooks/${hooked.id}/test`);
  await call('POST', '/invitations', { emails: ['lone@example.org'], roles: ['registrar', 'auditor'], language: 'da' });
  made.invitation = new URL(mailed(site, 'lone@example.org', 'invitation').link).pathname;
  made.consent = new URL(mailed(site, 'guild@example.org', 'consent').link).pathname;
  const boss = who.administrator;
  await boss.goto(`${site.url}/provider/integrations`);
  await boss.fill('#name', 'Student system');
  await send(boss, 'form[action="/provider/integrations"] button');
  await boss.goto(`${site.url}/provider/integrations`);
  made.revoke = await boss.getAttribute('a[href$="/revoke"]', 'href');
  await boss.goto(`${site.url}/provider/integrations/lti`);
  for (const [field, value] of Object.entries({ name: 'Moodle', issuer: 'https://moodle.example.org', client_id: 'abc123', auth_url: 'https://moodle.example.org/mod/lti/auth.php',
    token_url: 'https://moodle.example.org/mod/lti/token.php', jwks_url: 'https://moodle.example.org/mod/lti/certs.php' })) await boss.fill(`#${field}`, value);
  await send(boss, 'form[action="/provider/integrations/lti"] button');
  await boss.goto(`${site.url}/provider/integrations/lti`);
  made.lti = await boss.getAttribute('a[href$="/remove"]', 'href');
  await boss.goto(`${site.url}/provider/people`);
  made.person = await boss.getAttribute('tbody a[href^="/provider/people/"]', 'href');
  await who.approver.goto(`${site.url}/account/password`);
  await who.approver.fill('#password', 'fire graa katte sover');
  await send(who.approver, 'main form .button');
  age(site);
  await boss.goto(`${site.url}/provider/mail`);
  made.mail = await boss.getAttribute('tbody a[href^="/provider/mail/"]', 'href');
  [made.file] = issue(site, work, 'wound-care');
  return made;
}

// What is visited: as whom, pattern of routes.def, address, and the name of the picture. `act` is done on the page after it was opened: the page is then the answer to a form.
function walk(made, site) {
  const S = `/provider/specifications/${SLUG}`, B = (batch, more = '') => `/provider/batches/${batch}${more}`;
  const submit = (selector) => async (page) => { await Promise.all([page.waitForNavigation(), page.locator(selector).first().click()]); };
  const all = [];
  const add = (as, pattern, address = pattern, name, act) => all.push({ as, pattern, address, name: name || address.replace(/^\/(provider\/)?/, '').replace(/[^a-z0-9-]+/gi, '-') || 'front', act });
  for (const path of ['/', '/specifications', '/providers', '/verify', '/help/checks', '/claim', '/sign-in', '/about/data', '/about/accessibility', '/design', '/api']) add('stranger', path);
  add('stranger', '/about/api/*', '/about/api/batches');
  add('stranger', '/specifications', '/specifications?q=xyzzy', 'specifications-nothing');
  add('stranger', '/specifications/*', `/specifications/${SLUG}`);
  add('stranger', '/specifications/*', '/specifications/circular-textiles');
  add('stranger', '/providers/*', '/providers/aarhus-school-of-nursing-invented', 'provider');
  add('stranger', '/opportunities/*', `/opportunities/${made.opportunity}`, 'opportunity');
  add('stranger', '/consent/*/*', made.consent, 'consent');
  add('stranger', '/claim/*/*', made.claim, 'claim-open');
  add('stranger', '/claim/*/*', made.claimed, 'claim-accepted');
  add('stranger', '/claim/*/*/decline', `${made.claim}/decline`, 'claim-decline');
  add('stranger', '/claim/*/*/name', `${made.claim}/name`, 'claim-name');
  add('stranger', '/claim/*/*/keep', `${made.claimed}/keep`, 'claim-keep');
  add('stranger', '/wallet/begin/*', made.begin, 'wallet-begin');
  for (const path of ['/wallet', '/wallet/add', '/wallet/collections', '/account/addresses']) add('designer', path);
  for (const view of ['timeline', 'table']) add('designer', '/wallet', `/wallet?view=${view}`, `wallet-${view}`);
  add('designer', '/wallet/items/*', `/wallet/items/${made.item}`, 'wallet-item');
  add('designer', '/wallet/items/*/remove', `/wallet/items/${made.item}/remove`, 'wallet-remove');
  add('designer', '/wallet/collections/*', `/wallet/collections/${made.collection}`, 'wallet-collection');
  add('designer', '/wallet/share', '/wallet/share', 'share-choose');
  add('designer', '/wallet/share', `/wallet/share?item=${made.item}`, 'share-form');
  add('designer', '/wallet/share', `/wallet/share?item=${made.item}`, 'share-preview', async (page) => {
    await page.fill('#label', 'Nordhospitalet (opdigtet)');
    await submit('button[value=preview]')(page);
  });
  add('designer', '/wallet/shares');
  add('designer', '/wallet/shares/*', `/wallet/shares/${made.share.id}`, 'share');
  add('designer', '/wallet/shares/*', `/wallet/shares/${made.shareOver.id}`, 'share-over');
  add('stranger', '/shared/*/*', made.share.path, 'shared');
  add('stranger', '/shared/*/*', made.shareOver.path, 'shared-over');
  add('designer', '/account/addresses/*', made.address, 'address-link');
  add('registrar', '/provider/corrections');
  for (const path of ['/account/data', '/account/data/erase']) add('designer', path);
  add('approver', '/account/data');
  for (const path of ['/provider/privacy', '/provider/privacy/record', '/provider/privacy/agreement', '/provider/organisation/close']) add('administrator', path);
  add('stranger', '/enrol/*', `/enrol/${SLUG}`, 'enrol');
  add('stranger', '/invitation/*', made.invitation, 'invitation');
  add('stranger', '/invitation/*', '/invitation/nothing', 'invitation-over');
  add('stranger', '/sign-in/link/*', '/sign-in/link/nothing', 'sign-in-over');
  add('stranger', '/sign-in/link/*', new URL(made.spare).pathname, 'sign-in-link');
  add('stranger', '/sign-in/second', '/sign-in', 'sign-in-second', async (page) => {
    await page.fill('#email', 'aage@example.org');
    await page.fill('#password', 'fire graa katte sover');
    await submit('form[action="/sign-in/password"] button')(page);
  });
  add('stranger', '/sign-in', '/sign-in', 'sign-in-wrong', async (page) => {
    await page.fill('#email', 'aage@example.org');
    await page.fill('#password', 'not the password');
    await submit('form[action="/sign-in/password"] button')(page);
  });
  add('stranger', '/sign-in', '/sign-in', 'sign-in-sent', async (page) => {
    await page.fill('#link-email', 'nobody@example.org');
    await submit('form[action="/sign-in/link"] button')(page);
  });
  add('stranger', '/mail/stop/*/*', '/mail/stop/nothing/nothing', 'mail-stop-unknown');
  add('stranger', '/lti/login', '/lti/login', 'lti-error');
  add('stranger', '/verify', '/verify', 'verify-report', async (page) => {
    await page.setInputFiles('input[type=file]', made.file);
    if (new URL(page.url()).pathname === '/verify') await submit('form[action="/verify"] button')(page);
    await page.waitForSelector('.verdict');
  });
  add('stranger', '/provider', '/provider', 'locked');
  add('stranger', '/provider', '/no-such-page', 'no-such-page');
  for (const path of ['/account', '/account/password', '/account/passkeys', '/account/second-step']) add('approver', path);
  add('designer', '/account/passkeys');
  for (const name of ['designer', 'approver', 'registrar', 'assessor', 'administrator', 'operator']) add(name, '/provider', '/provider', `overview-${name}`);
  for (const path of ['/provider/specifications', '/provider/specifications/new']) add('designer', path);
  add('approver', '/provider/specifications', '/provider/specifications', 'specifications-approver');
  add('registrar', '/provider/specifications/*', S, 'office-specification');
  add('designer', '/provider/specifications/*', S, 'office-specification-designer');
  add('designer', '/provider/drafts/*', `/provider/drafts/${made.draft}`, 'draft');
  add('designer', '/provider/drafts/*', `/provider/drafts/${made.back}`, 'draft-sent-back');
  add('approver', '/provider/drafts/*', `/provider/drafts/${made.waiting}`, 'draft-waiting');
  for (const part of ['title', 'provider', 'outcomes', 'workload', 'assessment', 'quality', 'offer', 'further'])
    add('designer', '/provider/drafts/*/*', `/provider/drafts/${made.back}/${part}`, `draft-part-${part}`);
  add('designer', '/provider/drafts/*/preview', `/provider/drafts/${made.back}/preview`, 'draft-preview');
  add('designer', '/provider/drafts/*/preview/page', `/provider/drafts/${made.back}/preview/page`, 'draft-preview-page');
  add('registrar', '/provider/batches/*', B(made.preview), 'batch-preview');
  add('registrar', '/provider/batches/*/mapping', B(made.mapping, '/mapping'), 'batch-mapping');
  add('registrar', '/provider/batches/*', B(made.sealed), 'batch-sealed');
  add('assessor', '/provider/batches/*', B(made.preview), 'batch-preview-assessor');
  add('registrar', '/provider/batches/*/codes', B(made.sealed, '/codes'), 'codes-ask');
  add('registrar', '/provider/batches/*/codes', B(made.sealed, '/codes'), 'codes-sheet', async (page) => {
    await page.locator('input[value=everybody]').check();
    await submit('form[action$="/codes"] button')(page);
  });
  for (const path of ['/provider/profiles', '/provider/enrolments', '/provider/mail', '/provider/ending', '/provider/award-settings', '/provider/opportunities']) add('registrar', path);
  add('registrar', '/provider/profiles/*', `/provider/profiles/${made.profile}`, 'profile');
  add('registrar', '/provider/enrolments', `/provider/enrolments?specification=${SLUG}`, 'enrolments-of');
  add('registrar', '/provider/specifications/*/award', `${S}/award`);
  add('registrar', '/provider/specifications/*/numbers', `${S}/numbers`);
  add('registrar', '/provider/specifications/*/validations', `${S}/validations`);
  add('assessor', '/provider/validations/*', `/provider/validations/${made.validation}`, 'validation');
  add('registrar', '/provider/validations/*', `/provider/validations/${made.refused}`, 'validation-refused');
  add('registrar', '/provider/achievements/*', `/provider/achievements/${made.achievement}`, 'achievement');
  add('registrar', '/provider/achievements/*/status', `/provider/achievements/${made.achievement}/status`, 'achievement-status');
  add('registrar', '/provider/achievements/*/replace', `/provider/achievements/${made.achievement}/replace`, 'achievement-replace');
  add('registrar', '/provider/opportunities/new', `/provider/opportunities/new?specification=${SLUG}`, 'opportunity-new');
  add('registrar', '/provider/opportunities/*', `/provider/opportunities/${made.opportunity}`, 'opportunity-edit');
  add('registrar', '/provider/mail/*', made.mail, 'mail-one');
  for (const path of ['/provider/people', '/installation', '/provider/integrations', '/provider/integrations/lti', '/provider/mail/templates', '/provider/webhooks', '/provider/organisation',
    '/provider/organisation/units', '/provider/organisation/assessors', '/provider/organisation/branding', '/provider/partners', '/provider/audit']) add('administrator', path);
  add('operator', '/installation', '/installation', 'installation-operator');
  add('administrator', '/provider/organisation/statements/*', '/provider/organisation/statements/recognition', 'organisation-statement');
  add('administrator', '/provider/people/*', made.person, 'person');
  add('administrator', '/provider/integrations/tokens/*/revoke', made.revoke, 'token-revoke');
  add('administrator', '/provider/integrations/lti/*/remove', made.lti, 'lti-remove');
  add('administrator', '/provider/mail/templates/*/*', '/provider/mail/templates/claim/da', 'mail-words');
  add('administrator', '/provider/webhooks/*', `/provider/webhooks/${made.webhook}`, 'webhook');
  return all;
}

// What is wrong with the page as it stands, as sentences.
async function wrongs(page) {
  const found = await faults(page);
  const over = await sideways(page);
  if (over > 0) found.push(`${over} pixels wider than the window`);
  found.push(...await page.evaluate(() => {
    const said = [];
    const shown = (element) => element.checkVisibility();
    if (document.querySelectorAll('h1').length !== 1) said.push(`${document.querySelectorAll('h1').length} h1`);
    const primary = [...document.querySelectorAll('main .button:not(.quiet):not(.danger)')].filter(shown);
    if (primary.length > 1) said.push(`${primary.length} primary buttons: ${primary.map((button) => button.textContent.trim()).join(' | ')}`);
    for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
      if (!field.labels.length && !field.ariaLabel && !field.getAttribute('aria-labelledby')) said.push(`no label: ${field.outerHTML.slice(0, 120)}`);
    if (!/^.+ · Merit$/.test(document.title)) said.push(`title: ${document.title}`);
    return said;
  }));
  const text = await page.evaluate(() => {
    const body = document.body.cloneNode(true);
    for (const exact of body.querySelectorAll('code, pre, textarea, script, [data-word]')) exact.remove();
    for (const end of body.querySelectorAll('br')) end.replaceWith(' ');
    for (const block of body.querySelectorAll('p, li, td, th, dt, dd, h1, h2, h3, option, label, summary')) block.append(' ');
    return [...body.querySelectorAll('[aria-label], [placeholder], [alt], [title]')].map((e) => [e.ariaLabel, e.placeholder, e.alt, e.title].join(' ')).join(' ') + body.textContent;
  });
  const id = unsaid.exec(text);
  if (id) found.push(`a message without words? ${id[0]}`);
  return found;
}

await run(async ({ site, browser, work, test, assert }) => {
  const made = {};
  await test('there is something on every page', async () => Object.assign(made, await furnish({ site, work, browser, assert })));
  if (!made.file) return;
  await made.who.stranger.goto(`${site.url}/sign-in`);
  await made.who.stranger.fill('#link-email', 'bo@example.org');
  await Promise.all([made.who.stranger.waitForNavigation(), made.who.stranger.locator('form[action="/sign-in/link"] button').first().click()]);
  made.spare = mailed(site, 'bo@example.org', 'sign_in').link;
  const steps = walk(made, site);

  await test('every address is walked or excused', () => {
    const walked = new Set(steps.map((step) => step.pattern));
    assert.deepEqual(get.filter((pattern) => !walked.has(pattern) && !excused[pattern]), [], 'not walked');
    assert.deepEqual(Object.keys(excused).filter((pattern) => !get.includes(pattern)), [], 'excused, but there is no such route');
    assert.deepEqual(steps.map((step) => step.pattern).filter((pattern) => !get.includes(pattern)), [], 'walked, but there is no such route');
  });

  const dark = {};
  for (const name of Object.keys(made.who)) {
    dark[name] = await open(browser, { locale: 'da-DK', width: 360, colorScheme: 'dark' });
    await dark[name].context().addCookies(await made.who[name].context().cookies());
  }
  for (const step of steps.filter((one) => one.name.includes(process.env.MERIT_PAGES || ''))) {
    await test(`${step.name}, as ${step.as}`, async () => {
      const said = [];
      for (const [look, page, width] of [['1440', made.who[step.as], 1440], ['360', made.who[step.as], 360], ['360-dark-da', dark[step.as], 360]]) {
        await page.setViewportSize({ width, height: 900 });
        if (look !== '360') {
          page.complaints.length = 0;
          const status = (await page.goto(site.url + step.address)).status();
          if (status !== (refused[step.name] || 200)) said.push(`status ${status}`);
          if (step.act) await step.act(page);
          const size = Buffer.byteLength((await page.content()).replace(/data:image[^"]*/g, ''));
          if (size > 60 * 1024) said.push(`${size} bytes`);
        }
        said.push(...(await wrongs(page)).map((wrong) => `${look}: ${wrong}`), ...page.complaints.filter((wrong) => !/status of 4(00|10)/.test(wrong)).map((wrong) => `${look}: ${wrong}`));
        await page.screenshot({ path: join(work, `${step.name}-${look}.png`), fullPage: true, animations: 'disabled' });
      }
      assert.deepEqual(said, []);
    });
  }
}, { words: ['--fetch-from', `http://127.0.0.1:${hook.address().port}/`] });
hook.close();
