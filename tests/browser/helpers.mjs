// Programs that a journey needs beside Merit: a mail server and a database server. Each is a script of tests/ that tells what it has to tell by lines on its standard output, and
// ends when its standard input does, so also when this process dies.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './site.mjs';

// The first line that it says, and `hear` for each later one. A line "SKIP why" is returned as it is.
function helper(script, hear = () => {}) {
  const child = spawn('python3', [join(root, 'tests', script)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((done) => { child.on('exit', done); });
  let rest = '', first;
  const ready = new Promise((done, fail) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      rest += text;
      for (let end; (end = rest.indexOf('\n')) >= 0; rest = rest.slice(end + 1)) {
        const line = rest.slice(0, end);
        if (first === undefined) done(first = line);
        else hear(line);
      }
    });
    child.on('error', fail);
    child.on('exit', () => fail(new Error(`${script} ended before it was ready`)));
  });
  return ready.then((line) => ({ line, close: () => { child.stdin.end(); return ended; } }));
}

// { port, mails, close() }, or { skip }. A mail: to, subject, language, text, html.
export async function mailServer() {
  const mails = [];
  const { line, close } = await helper('smtp_box.py', (text) => mails.push(JSON.parse(text)));
  return line.startsWith('SKIP ') ? { skip: line.slice(5), close } : { port: Number(line), mails, close };
}

// { url, close() }, or { skip }.
export async function postgresql() {
  const { line, close } = await helper('postgresql.py');
  return line.startsWith('SKIP ') ? { skip: line.slice(5), close } : { url: line, close };
}

// What `truth` gives as soon as it gives something.
export async function until(what, truth, seconds = 120) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    const value = await truth();
    if (value) return value;
    await new Promise((done) => { setTimeout(done, 50); });
  }
  throw new Error(`it did not happen within ${seconds} s: ${what}`);
}
