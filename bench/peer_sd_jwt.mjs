// The JavaScript peer of bench/run for SD-JWT VC: @sd-jwt/sd-jwt-vc with ES256. It runs from a copy of the peers' folder.
//
//   peer_sd_jwt.mjs dump CREDENTIALS TARGET   the claims of standard credentials, one set a line: 12 of them are to be disclosable
//   peer_sd_jwt.mjs measure CLAIMS            "sd_jwt.issue" and "sd_jwt.verify", everything disclosed
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {ES256, digest, generateSalt} from '@sd-jwt/crypto-nodejs';
import {readFileSync, writeFileSync} from 'node:fs';
import {figure} from './lib.mjs';

const hidden = ['given_name', 'family_name', 'birth_date', 'learner_id', 'email', 'achievement', 'learning_outcomes', 'ects',
  'assessment', 'grade', 'alignment', 'supplementary'];
const lines = file => readFileSync(file, 'utf8').trim().split('\n').map(line => JSON.parse(line));

function claims(credential, i) {
  const {achievement: a, result} = credential.credentialSubject;
  return {
    iss: 'https://university.example.eu', iat: 1767225600, exp: 2082758400, vct: 'urn:example:micro-credential',
    awarding_body: credential.issuer.name, country: 'BE', credential_title: credential.name, date_of_issue: credential.validFrom, eqf: 6,
    given_name: 'Ana', family_name: 'Novák', birth_date: `199${i % 10}-04-12`, learner_id: `${i}-7919`, email: 'ana@example.eu',
    achievement: {id: a.id, name: a.name, description: a.description}, learning_outcomes: a.criteria.narrative, ects: 3,
    assessment: a.resultDescription, grade: result, alignment: a.alignment, supplementary: credential.evidence
  };
}

async function measure(sets) {
  const keys = await ES256.generateKeyPair(), holder = await ES256.generateKeyPair();
  const sd = new SDJwtVcInstance({signer: await ES256.getSigner(keys.privateKey), verifier: await ES256.getVerifier(keys.publicKey),
    signAlg: 'ES256', hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt});
  const issue = i => sd.issue({...sets[i % sets.length], cnf: {jwk: holder.publicKey}}, {_sd: hidden}, {header: {kid: 'key-1'}});
  const issued = [];
  for (let i = 0; i < sets.length; i++) issued.push(await issue(i));
  const {payload} = await sd.verify(issued[0]);
  if (issued[0].split('~').length !== 14 || payload.family_name !== sets[0].family_name) throw new Error('not 12 disclosures');
  await figure('sd_jwt.issue', issue, {batch: 10});
  await figure('sd_jwt.verify', i => sd.verify(issued[i % issued.length]), {batch: 10});
}

const [command, file, target] = process.argv.slice(2);
if (command === 'dump') writeFileSync(target, lines(file).map((c, i) => JSON.stringify(claims(c, i)) + '\n').join(''));
else await measure(lines(file));
