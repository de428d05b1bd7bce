// A badge that is a picture, dropped on the verify page: the credential inside is verified, and the picture itself is never shown.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { faults, open, root, run, sideways } from './site.mjs';
import zlib from 'node:zlib';

// Older versions of Node have no crc32: bit by bit then (PNG annex D).
const sum = zlib.crc32 || ((octets) => {
  let crc = ~0;
  for (const octet of octets) {
    crc ^= octet;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
});

function chunk(type, content) {
  const body = Buffer.concat([Buffer.from(type), content]), ends = Buffer.alloc(8);
  ends.writeUInt32BE(content.length, 0);
  ends.writeUInt32BE(sum(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

run(async ({ site, browser, work, test, assert }) => {
  const merit = (...args) => execFileSync(site.merit, args, { stdio: 'pipe' });
  merit('issue', join(root, 'docs/examples/wound-care.json'), join(root, 'docs/examples/wound-care.csv'), '--out', join(work, 'issued'), '--data',
    join(work, 'issuer'), '--format', 'data-integrity');
  const file = readdirSync(join(work, 'issued')).filter((name) => name.endsWith('.json')).sort().map((name) => join(work, 'issued', name))[0];
  const png = join(work, 'badge.png'), svg = join(work, 'badge.svg'), two = join(work, 'two badges.png'), bare = join(work, 'bare.png');
  merit('bake', file, '--out', png);
  merit('bake', file, '--out', svg);
  const octets = readFileSync(png), at = octets.indexOf('openbadgecredential') - 8, end = octets.length - 12;
  writeFileSync(bare, Buffer.concat([octets.subarray(0, at), octets.subarray(end)]));
  const other = chunk('iTXt', Buffer.from('openbadgecredential\0\0\0\0\0{"type":"Assertion"}'));
  writeFileSync(two, Buffer.concat([octets.subarray(0, end), other, octets.subarray(end)]));

  const drop = async (page, path, type) => {
    const content = readFileSync(path).toString('base64');
    await page.evaluate(({ content, name, type }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name, { type }));
      document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    }, { content, name: basename(path), type });
  };
  const verify = async (page, path) => {
    await page.goto(`${site.url}/verify`);
    await page.setInputFiles('#files', path);
    await Promise.all([page.waitForNavigation(), page.click('form[data-drop] button')]);
  };

  for (const [path, type] of [[png, 'image/png'], [svg, 'image/svg+xml']]) {
    await test(`a dropped ${basename(path)} gives the verdict of the credential inside`, async () => {
      const page = await open(browser);
      await verify(page, file);
      const wanted = await page.textContent('h1');
      await page.goto(`${site.url}/verify`);
      await drop(page, path, type);
      await page.waitForFunction((name) => document.querySelector('[data-chosen]')?.textContent.includes(name) || document.querySelector('.verdict'), basename(path));
      if (!await page.$('.verdict')) await Promise.all([page.waitForNavigation(), page.click('form[data-drop] button')]);
      assert.equal(await page.textContent('h1'), wanted);
      assert.match(await page.textContent('.verdict'), new RegExp(`in a picture \\(${basename(path).slice(-3).toUpperCase()}\\)`));
      assert.match(await page.textContent('main'), /Wound care/);
      assert.deepEqual(page.complaints, []);
      await page.context().close();
    });
  }

  await test('a second badge that says something else is told in the verdict', async () => {
    const page = await open(browser);
    await verify(page, two);
    assert.match(await page.textContent('.verdict'), /more than one credential/);
    await page.context().close();
  });

  await test('a picture without a badge is no credential, and told what to do', async () => {
    const page = await open(browser);
    await verify(page, bare);
    assert.equal(await page.textContent('h1'), 'This is not a credential');
    assert.match(await page.textContent('main'), /no credential is baked into it/);
    await page.context().close();
  });

  for (const [width, locale] of [[1280, 'en'], [390, 'da']]) {
    await test(`reports of pictures are accessible and fit the window: ${width} pixels, ${locale}`, async () => {
      const page = await open(browser, { width, locale });
      for (const path of [png, two, bare]) {
        await verify(page, path);
        await page.screenshot({ path: join(work, `${basename(path, '.png')}-${width}.png`), fullPage: true });
        assert.ok(await sideways(page) <= 0, basename(path));
        assert.deepEqual(await faults(page), [], basename(path));
      }
      await page.context().close();
    });
  }
});
