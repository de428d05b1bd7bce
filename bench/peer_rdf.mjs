// The JavaScript peer of bench/run: jsonld.js. It runs from a copy of the peers' folder, whose lib.mjs measures and whose contexts.mjs
// holds the contexts.
//
//   peer_rdf.mjs dump CREDENTIALS FOLDER   canonical forms as c0.nq ..., contexts as contexts.json
//   peer_rdf.mjs hash CREDENTIALS          text to hash, documents a second of processor time
//   peer_rdf.mjs elm FILE                  the same of one document; ELM_CONTEXT names the context of the European Learning Model
import jsonld from 'jsonld';
import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {documents, documentLoader} from './contexts.mjs';
import {figure} from './lib.mjs';

const [mode, file, folder] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
const inputs = mode === 'elm' ? [text] : text.split('\n').filter(Boolean);
const options = {documentLoader, safe: true, algorithm: 'RDFC-1.0', format: 'application/n-quads'};
const canonical = input => jsonld.canonize(JSON.parse(input), options);
const hash = async input => createHash('sha256').update(await canonical(input)).digest('hex');

if (mode === 'dump') {
  for (const [i, input] of inputs.entries()) writeFileSync(`${folder}/c${i}.nq`, await canonical(input));
  writeFileSync(`${folder}/contexts.json`, JSON.stringify(Object.fromEntries(documents)));
} else {
  await figure(`rdf.${mode}`, i => hash(inputs[i % inputs.length]), {batch: 5});
}
