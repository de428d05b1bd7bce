// ecdsa-sd-2023 by an independent implementation (npm @digitalbazaar/ecdsa-sd-2023-cryptosuite), in the role of issuer, holder or verifier.
// Prints one line a job, "ok NAME" or "not ok NAME: why".
//
//   data_integrity_sd.mjs JOBS
//
// JOBS is a file: {"contexts": {IRI: FILE}, "key": FILE, "jobs": [{"do", "name", "document", "pointers", "out"}]}. The key is made when there is no such file.
//   sign      out becomes the document with a base proof; pointers are mandatory
//   derive    out becomes what a holder shows of the document
//   verify    the derived proof of the document holds
//   refuse    it does not
//   same      the documents `document` and `out` say the same, whatever the order of their members
import fs from 'node:fs';
import {isDeepStrictEqual} from 'node:util';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as suites from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import jsigs from 'jsonld-signatures';

const read = file => JSON.parse(fs.readFileSync(file, 'utf8'));
const write = (file, value) => fs.writeFileSync(file, JSON.stringify(value, null, 1));
const plan = read(process.argv[2]);

async function loadKey() {
  if (!fs.existsSync(plan.key)) {
    const made = await EcdsaMultikey.generate({curve: 'P-256'});
    const controller = `did:key:${made.publicKeyMultibase}`;
    const id = `${controller}#${made.publicKeyMultibase}`;
    write(plan.key, {...await made.export({publicKey: true, secretKey: true}), id, controller});
  }
  return read(plan.key);
}

const key = await loadKey();
const {secretKeyMultibase, ...publicKey} = key;

// What a verifier asks for: contexts from files, the one key and who controls it. Nothing comes over a network.
async function documentLoader(url) {
  const known = {
    [key.id]: {'@context': 'https://w3id.org/security/multikey/v1', ...publicKey},
    [key.controller]: {'@context': 'https://www.w3.org/ns/did/v1', id: key.controller, assertionMethod: [key.id]},
  };
  const document = known[url] ?? (plan.contexts[url] && read(plan.contexts[url]));
  if (!document) throw new Error(`${url} is not here`);
  return {contextUrl: null, documentUrl: url, document};
}

const options = suite => ({suite, purpose: new jsigs.purposes.AssertionProofPurpose(), documentLoader});

async function sign(job) {
  const cryptosuite = suites.createSignCryptosuite({mandatoryPointers: job.pointers});
  const signer = (await EcdsaMultikey.from(key)).signer();
  write(job.out, await jsigs.sign(read(job.document), options(new DataIntegrityProof({signer, cryptosuite}))));
}

async function derive(job) {
  const cryptosuite = suites.createDiscloseCryptosuite({selectivePointers: job.pointers});
  write(job.out, await jsigs.derive(read(job.document), options(new DataIntegrityProof({cryptosuite}))));
}

async function holds(job) {
  const cryptosuite = suites.createVerifyCryptosuite();
  return jsigs.verify(read(job.document), options(new DataIntegrityProof({cryptosuite})));
}

async function verify(job) {
  const result = await holds(job);
  if (!result.verified) throw result.error?.errors?.[0] ?? result.error;
}

async function refuse(job) {
  if ((await holds(job)).verified) throw new Error('was accepted');
}

function same(job) {
  if (!isDeepStrictEqual(read(job.document), read(job.out))) throw new Error('they differ');
}

const roles = {sign, derive, verify, refuse, same};
for (const job of plan.jobs) {
  try {
    await roles[job.do](job);
    console.log(`ok ${job.name}`);
  } catch (fault) {
    console.log(`not ok ${job.name}: ${fault.message}`);
  }
}
