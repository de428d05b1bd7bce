// Somebody at a keyboard and nothing else: Tab, Shift+Tab, Enter, Space, arrows and letters. She finds a thing by the name that the browser's accessibility tree gives it (what a
// screen reader says), within the groups that stand around it; and on each step she must see where she is.
import assert from 'node:assert/strict';

// What has the focus; null where it is in the browser's own frame.
const look = () => {
  const at = document.activeElement;
  if (!at || at === document.body || at === document.documentElement) return null;
  const groups = [];
  for (let up = at.parentElement; up; up = up.parentElement) {
    const legend = up.tagName === 'FIELDSET' && [...up.children].find((child) => child.tagName === 'LEGEND');
    if (legend) groups.push(legend.textContent.trim().replace(/\s+/g, ' '));
  }
  const style = getComputedStyle(at);
  const ring = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== 'none';
  // A part of it can be seen (WCAG 2.4.11): it is in the window, and nothing lies over all of it.
  const points = [];
  for (const box of at.getClientRects())
    for (const [x, y] of [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8], [0.5, 0.1], [0.5, 0.9]]) points.push([box.left + box.width * x, box.top + box.height * y]);
  const seen = points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return top && (at.contains(top) || top.contains(at) || [...(at.labels ?? [])].some((label) => label.contains(top)));
  });
  return { groups, ring, seen, tag: at.tagName, main: at.id === 'main', path: at.outerHTML.slice(0, 160) };
};

export class Keyboard {
  // past: the name of the first link of every page, which leads past its head, in the reader's language.
  static async of(page, past = 'Skip to the content') {
    const keys = new Keyboard();
    keys.page = page;
    keys.past = past;
    keys.stops = 0;
    keys.cdp = await page.context().newCDPSession(page);
    return keys;
  }

  async focused() {
    const seen = await this.page.evaluate(look);
    if (!seen) return null;
    const { result } = await this.cdp.send('Runtime.evaluate', { expression: 'document.activeElement' });
    const { nodes: [node] } = await this.cdp.send('Accessibility.getPartialAXTree', { objectId: result.objectId, fetchRelatives: false });
    return { ...seen, role: node.role?.value, name: String(node.name?.value ?? '').trim().replace(/\s+/g, ' ') };
  }

  // One step; what is reached can be seen.
  async step(key = 'Tab') {
    await this.page.keyboard.press(key);
    this.stops++;
    const at = await this.focused();
    if (at) {
      assert.ok(at.name || at.main, `a stop without a name at ${this.page.url()}: ${at.path}`);
      assert.ok(at.ring || at.main, `the focus cannot be seen at ${this.page.url()}: ${at.path}`);
      assert.ok(at.seen, `what has the focus cannot be seen at ${this.page.url()}: ${at.path}`);
    }
    return at;
  }

  // On a fresh page: past its head, as somebody who knows the link there. Browsers keep the "#main" of an address when a form leads elsewhere: then she is there.
  async skip() {
    if (new URL(this.page.url()).hash) return;
    const first = await this.step();
    assert.equal(first?.name, this.past, this.page.url());
    await this.page.keyboard.press('Enter');
    await this.page.waitForFunction(() => document.activeElement.id === 'main');
  }

  // To the thing of that name (a text: all of it; or a pattern), within groups whose names begin so. It is passed at most once around the page.
  async reach(name, ...groups) {
    const fits = (at) => at && (name instanceof RegExp ? name.test(at.name) : at.name === name)
      && groups.every((group) => at.groups.some((around) => around.startsWith(group)));
    const passed = [];
    let at = await this.focused(), around = 0;
    while (!fits(at)) {
      at = await this.step();
      passed.push(at ? at.name : '(the browser)');
      if (!at) around++;
      assert.ok(around < 2 && passed.length < 400, `${name} (${groups.join(', ')}) is not reached with the Tab key on ${this.page.url()}; passed: ${passed.join(' | ')}`);
    }
    return at;
  }

  // Into a field: what stands in it is replaced.
  async write(text, name, ...groups) {
    await this.reach(name, ...groups);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
    assert.equal(await this.page.evaluate(() => document.activeElement.value), text);
  }

  // In a list to choose from, by the first letters.
  async choose(option, name, ...groups) {
    await this.reach(name, ...groups);
    await this.page.keyboard.type(option);
    assert.equal(await this.page.evaluate(() => document.activeElement.selectedOptions[0].textContent.trim()), option);
  }

  // A box: ticked by the space bar.
  async tick(name, ...groups) {
    await this.reach(name, ...groups);
    await this.page.keyboard.press('Space');
    assert.ok(await this.page.evaluate(() => document.activeElement.checked), `${name} is ticked`);
  }

  // A button or a link that leads to a page. The page says where the focus is to begin: at its top, or at a part of it.
  async press(name, ...groups) {
    await this.reach(name, ...groups);
    await Promise.all([this.page.waitForNavigation(), this.page.keyboard.press('Enter')]);
  }

  // A button that keeps the page (something unfolds, a file comes).
  async hit(name, ...groups) {
    await this.reach(name, ...groups);
    await this.page.keyboard.press('Enter');
    const at = await this.focused();
    assert.ok(at, `the focus is lost behind ${name}`);
  }
}
