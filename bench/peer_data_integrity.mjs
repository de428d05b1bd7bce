// The JavaScript peer of bench/run: Data Integrity proofs by @digitalbazaar/vc. It runs from a copy of the peers' folder, whose lib.mjs measures and
// whose contexts.mjs holds the contexts.
//
//   peer_data_integrity.mjs CREDENTIALS   for each suite "SUITE.issue RATE" and "SUITE.verify RATE", credentials a second of processor time
//
// Keys come out of memory, under the issuer that the credentials name: a peer that looked them up would only be slower.
import * as vc from '@digitalbazaar/vc';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as ecdsa} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsa} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {readFileSync} from 'node:fs';
import {documentLoader as contexts} from './contexts.mjs';
import {figure} from './lib.mjs';

const credentials = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
const issuer = credentials[0].issuer.id;

async function measure(name, cryptosuite, Multikey, parameters) {
  const key = await Multikey.generate({...parameters, id: `${issuer}#key`, controller: issuer});
  const method = await key.export({publicKey: true, includeContext: true});
  const controller = {'@context': 'https://w3id.org/security/v2', id: issuer, assertionMethod: [method.id]};
  const known = new Map([[method.id, method], [issuer, controller]]);
  const documentLoader = async url =>
    known.has(url) ? {contextUrl: null, documentUrl: url, document: known.get(url)} : contexts(url);
  const signing = new DataIntegrityProof({signer: key.signer(), cryptosuite});
  const checking = new DataIntegrityProof({cryptosuite});
  const purpose = new vc.CredentialIssuancePurpose({controller});
  const sign = credential => vc.issue({credential: structuredClone(credential), suite: signing, documentLoader});
  const verify = credential => vc.verifyCredential(
    {credential, suite: checking, purpose, documentLoader, checkStatus: async () => ({verified: true})});

  const signed = [];
  for (const credential of credentials) signed.push(await sign(credential));
  const good = await verify(signed[0]);
  if (!good.verified) throw good.error;
  const changed = structuredClone(signed[0]);
  changed.credentialSubject.creditsEarned += 1;
  if ((await verify(changed)).verified) throw new Error(`${name}: a changed credential was accepted`);

  await figure(`${name}.issue`, i => sign(credentials[i % credentials.length]), {batch: 5});
  await figure(`${name}.verify`, i => verify(signed[i % signed.length]), {batch: 5});
}

await measure('eddsa-rdfc-2022', eddsa, Ed25519Multikey, {});
await measure('ecdsa-rdfc-2019', ecdsa, EcdsaMultikey, {curve: 'P-256'});
