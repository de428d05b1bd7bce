// Software that is not ours, at both ends: it judges what Merit issued, and issues what Merit shall judge.
//
//   peers.mjs judge CONTEXTS FILE...   each file of Merit: accepted as it is, refused with one change; "ok KIND FILE" or "not ok KIND FILE: why" a line
//   peers.mjs status CONTEXTS LISTS FILE...  what the published lists in a folder say of each file: "active|suspended|revoked FILE" a line
//   peers.mjs make CONTEXTS FOLDER     credentials of every kind into FOLDER, and each again with one change ("changed-...")
//
// CONTEXTS: folder with index.json and the published JSON-LD contexts. Nothing is fetched.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite as eddsaRdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {cryptosuite as ecdsaRdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {createSignCryptosuite as eddsaJcsSign, createVerifyCryptosuite as eddsaJcsVerify} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {createSignCryptosuite as ecdsaJcsSign, createVerifyCryptosuite as ecdsaJcsVerify} from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {createCredential as createListCredential, createList, decodeList, checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {SDJwtVcInstance} from '@sd-jwt/sd-jwt-vc';
import {ES256, digest, generateSalt} from '@sd-jwt/crypto-nodejs';
import {StatusList, createHeaderAndPayload, getListFromStatusListJWT} from '@sd-jwt/jwt-status-list';
import * as jose from 'jose';
import jsonld from 'jsonld';
import Ajv2019 from 'ajv/dist/2019.js';

const [mode, contexts, ...rest] = process.argv.slice(2);

// ---- linked data without a network: published contexts, and the documents of did:key ----

const known = new Map(JSON.parse(fs.readFileSync(path.join(contexts, 'index.json'), 'utf8'))
  .map(({url, file}) => [url, path.join(contexts, file)]));
const elm = path.join(process.env.MERIT_ELM || path.join(contexts, '../../elm'), 'context/edc-ap-context.jsonld');
if (fs.existsSync(elm)) known.set('http://data.europa.eu/snb/model/context/edc-ap', elm);

function documentOfKey(did, fragment) {
  const id = `${did}#${did.slice('did:key:'.length)}`;
  const method = {'@context': 'https://w3id.org/security/multikey/v1', id, type: 'Multikey', controller: did, publicKeyMultibase: did.slice('did:key:'.length)};
  if (fragment) return method;
  return {'@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'], id: did, verificationMethod: [method],
    authentication: [id], assertionMethod: [id]};
}

async function documentLoader(url) {
  if (known.has(url)) return {contextUrl: null, documentUrl: url, document: JSON.parse(fs.readFileSync(known.get(url), 'utf8'))};
  const [did, fragment] = url.split('#');
  if (did.startsWith('did:key:')) return {contextUrl: null, documentUrl: url, document: documentOfKey(did, fragment)};
  throw new Error(`not at hand: ${url}`);
}

function suiteOf(name) {
  const suites = {'eddsa-rdfc-2022': eddsaRdfc, 'ecdsa-rdfc-2019': ecdsaRdfc, 'eddsa-jcs-2022': eddsaJcsVerify(), 'ecdsa-jcs-2019': ecdsaJcsVerify()};
  if (!suites[name]) throw new Error(`no such suite here: ${name}`);
  return new DataIntegrityProof({cryptosuite: suites[name]});
}

// One changed letter in a text that a proof covers.
const changed = text => text.replace(/("(?:name|givenName|notation)":(?:\{"[a-z]+":)?")(\w)/, (all, before, letter) => before + (letter === 'X' ? 'Y' : 'X'));
const changedPart = (token, part) => {
  const parts = token.split('.'), at = parts[part].length >> 1;
  parts[part] = parts[part].slice(0, at) + (parts[part][at] === 'A' ? 'B' : 'A') + parts[part].slice(at + 1);
  return parts.join('.');
};

function need(condition, what) {
  if (!condition) throw new Error(what);
}
const reasons = result => [result.error?.message, ...(result.error?.errors ?? []).map(e => e.message + (e.cause ? `: ${e.cause.message}` : ''))].join('; ');

// ---- judging ----

async function verifyIntegrity(credential) {
  const result = await vc.verifyCredential({credential, documentLoader, suite: suiteOf([credential.proof].flat()[0].cryptosuite), checkStatus: async () => ({verified: true})});
  return result.verified ? '' : reasons(result) || 'refused';
}

async function judgeIntegrity(file) {
  const text = fs.readFileSync(file, 'utf8');
  const fault = await verifyIntegrity(JSON.parse(text));
  need(!fault, fault);
  need(changed(text) !== text && await verifyIntegrity(JSON.parse(changed(text))), 'one changed letter was not noticed');
}

// It knows eddsa-rdfc-2022 and Ed25519Signature2020 only, and fetches nothing but what it has built in.
async function judgeWithVerifierCore(file) {
  const {verifyCredential} = await import('@digitalcredentials/verifier-core');
  const credential = JSON.parse(fs.readFileSync(file, 'utf8'));
  const result = await verifyCredential({credential, knownDIDRegistries: []});
  const signature = result.log?.find(entry => entry.id === 'valid_signature');
  need(signature?.valid, JSON.stringify(result.errors ?? result.log));
  const other = await verifyCredential({credential: JSON.parse(changed(JSON.stringify(credential))), knownDIDRegistries: []});
  need(!other.log?.find(entry => entry.id === 'valid_signature')?.valid, 'one changed letter was not noticed');
}

// 1EdTech's own schema. It has room for one entry of credentialStatus; VC Data Model 2.0 section 4.10 allows several, and a suspension must be told, too.
async function judgeSchema(file) {
  const schema = path.join(contexts, '../edubadges/ob3-schemas/ob_v3p0_achievementcredential_schema.json');
  if (!fs.existsSync(schema)) throw new Error('the schema is not here');
  const ajv = new Ajv2019({strict: false, allErrors: true, validateFormats: false}), validate = ajv.compile({...JSON.parse(fs.readFileSync(schema, 'utf8')), $schema: undefined});
  const badge = JSON.parse(fs.readFileSync(file, 'utf8')), [status] = badge.credentialStatus;
  need(validate({...badge, credentialStatus: status}), JSON.stringify(validate.errors));
  need(!validate({...badge, credentialSubject: {...badge.credentialSubject, achievement: {}}}), 'the schema accepts everything');
}

// Canonical form, and nothing dropped: ours stands beside the file.
async function judgeCanonical(file) {
  const {proof, ...document} = JSON.parse(fs.readFileSync(file, 'utf8'));
  const theirs = await jsonld.canonize(document, {algorithm: 'RDFC-1.0', format: 'application/n-quads', safe: true, documentLoader});
  need(proof && theirs === fs.readFileSync(`${file}.nq`, 'utf8'), 'our canonical form is another');
}

async function keyOf(header) {
  if (header.x5c) return jose.importX509(new crypto.X509Certificate(Buffer.from(header.x5c[0], 'base64')).toString(), header.alg);
  need(header.kid?.startsWith('did:key:'), 'neither x5c nor did:key');
  const method = documentOfKey(header.kid.split('#')[0], true), multikey = Buffer.from(method.publicKeyMultibase);
  const pair = method.publicKeyMultibase.startsWith('z6Mk') ? await Ed25519Multikey.from(method) : await EcdsaMultikey.from(method);
  need(multikey.length && pair, 'no key');
  const toJwk = method.publicKeyMultibase.startsWith('z6Mk') ? Ed25519Multikey.toJwk : EcdsaMultikey.toJwk;
  return jose.importJWK(await toJwk({keyPair: pair}), header.alg);
}

async function judgeToken(file) {
  const token = fs.readFileSync(file, 'utf8').trim(), header = jose.decodeProtectedHeader(token), key = await keyOf(header);
  await jose.jwtVerify(token, key, {typ: file.endsWith('.badge.jwt') ? 'JWT' : 'vc+jwt'});
  need(await jose.jwtVerify(changedPart(token, 1), key).then(() => false, () => true), 'one changed letter was not noticed');
}

async function judgeSdJwt(file) {
  const token = fs.readFileSync(file, 'utf8').trim(), header = jose.decodeProtectedHeader(token.split('~')[0]);
  const key = crypto.createPublicKey(new crypto.X509Certificate(Buffer.from(header.x5c[0], 'base64')).publicKey.export({type: 'spki', format: 'pem'}));
  const verifier = await ES256.getVerifier(key.export({format: 'jwk'})); // the seal's key, with which the list is signed, too
  const asked = [];
  const sdjwt = new SDJwtVcInstance({verifier, hasher: digest, hashAlg: 'sha-256', statusVerifier: verifier, statusValidator: async status => asked.push(status),
    statusListFetcher: async uri => fs.readFileSync(path.join(path.dirname(file), '../lists', ...new URL(uri).pathname.split('/').slice(-2)), 'utf8').trim()});
  const {payload} = await sdjwt.verify(token);
  need(payload.vct, 'no vct');
  need(asked.length === 1, 'its status was not asked');
  const claims = await sdjwt.getClaims(token);
  need(!JSON.stringify(claims).includes('"_sd"'), 'a disclosure was not taken up');
  need(await sdjwt.verify(changedPart(token.split('~')[0], 1) + token.slice(token.indexOf('~'))).then(() => false, () => true), 'one changed letter was not noticed');
}

async function judgeBitstring(file) {
  const {credentialSubject} = jose.decodeJwt(fs.readFileSync(file, 'utf8').trim());
  const list = await decodeList({encodedList: credentialSubject.encodedList});
  need(list.length >= 131072, 'too short');
  const expected = JSON.parse(fs.readFileSync(file + '.expected', 'utf8'));
  for (const [index, set] of expected) need(list.getStatus(index) === Boolean(set), `entry ${index} is not ${set}`);
}

async function judgeStatusToken(file) {
  const list = getListFromStatusListJWT(fs.readFileSync(file, 'utf8').trim());
  const expected = JSON.parse(fs.readFileSync(file + '.expected', 'utf8'));
  for (const [index, status] of expected) need(list.getStatus(index) === status, `entry ${index} is ${list.getStatus(index)}, not ${status}`);
}

const judges = [[/\.vc\.json$/, 'integrity', judgeIntegrity], [/badge-eddsa-rdfc-2022\.vc\.json$/, 'verifier-core', judgeWithVerifierCore],
  [/\.badge\.json$/, 'integrity', judgeIntegrity], [/ed25519\/.*\.badge\.json$/, 'verifier-core', judgeWithVerifierCore], [/\.badge\.json$/, 'schema', judgeSchema],
  [/\.badge\.json$/, 'canonical', judgeCanonical], [/\.jwt$/, 'jose', judgeToken],
  [/(?<!\.vc)\.sd-jwt$/, 'sd-jwt-vc', judgeSdJwt], [/(revocation|suspension)$/, 'bitstring', judgeBitstring], [/token$/, 'status-token', judgeStatusToken]];

async function judge(files) {
  for (const file of files) {
    for (const [pattern, kind, check] of judges) {
      if (!pattern.test(file)) continue;
      await check(file).then(() => console.log(`ok ${kind} ${file}`), fault => console.log(`not ok ${kind} ${file}: ${fault.message}`));
    }
  }
}

// ---- making ----

const credential = () => ({
  '@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
  id: 'urn:uuid:0b4f9c6e-7a3a-4f7e-9f57-2f6f1f3c0001',
  type: ['VerifiableCredential', 'OpenBadgeCredential'],
  name: {'@value': 'Wound care (invented)', '@language': 'en', '@direction': 'ltr'},
  issuer: {id: 'did:example:to-be-set', type: ['Profile'], name: 'School of Nursing (invented)'},
  validFrom: '2026-01-15T00:00:00Z',
  credentialSubject: {type: ['AchievementSubject'], achievement: {id: 'urn:uuid:0b4f9c6e-7a3a-4f7e-9f57-2f6f1f3c0002', type: ['Achievement'],
    name: 'Wound care (invented)', description: 'Cleans and dresses wounds.', criteria: {narrative: 'A supervised examination.'}, achievementType: 'Course'}}
});

async function pairFor(Kind, options) {
  const made = await Kind.generate(options), {publicKeyMultibase} = await made.export({publicKey: true});
  const did = `did:key:${publicKeyMultibase}`;
  made.controller = did;
  made.id = `${did}#${publicKeyMultibase}`;
  return {pair: made, did};
}

async function makeIntegrity(folder) {
  const kinds = [['eddsa-rdfc-2022', Ed25519Multikey, {}, eddsaRdfc], ['ecdsa-rdfc-2019-p256', EcdsaMultikey, {curve: 'P-256'}, ecdsaRdfc],
    ['ecdsa-rdfc-2019-p384', EcdsaMultikey, {curve: 'P-384'}, ecdsaRdfc], ['eddsa-jcs-2022', Ed25519Multikey, {}, eddsaJcsSign()],
    ['ecdsa-jcs-2019-p256', EcdsaMultikey, {curve: 'P-256'}, ecdsaJcsSign()]];
  for (const [name, Kind, options, cryptosuite] of kinds) {
    const {pair, did} = await pairFor(Kind, options), document = credential();
    document.issuer.id = did;
    const suite = new DataIntegrityProof({signer: pair.signer(), cryptosuite, date: '2026-02-01T00:00:00Z'});
    const text = JSON.stringify(await vc.issue({credential: document, suite, documentLoader}));
    fs.writeFileSync(path.join(folder, `${name}.json`), text);
    fs.writeFileSync(path.join(folder, `changed-${name}.json`), changed(text));
  }
}

async function makePresentation(folder) {
  const issuer = await pairFor(Ed25519Multikey, {}), holder = await pairFor(Ed25519Multikey, {}), document = credential();
  document.issuer.id = issuer.did;
  document.credentialSubject.id = holder.did;
  const sign = pair => new DataIntegrityProof({signer: pair.signer(), cryptosuite: eddsaRdfc, date: '2026-02-01T00:00:00Z'});
  const issued = await vc.issue({credential: document, suite: sign(issuer.pair), documentLoader});
  const presentation = vc.createPresentation({verifiableCredential: [issued], holder: holder.did});
  const text = JSON.stringify(await vc.signPresentation({presentation, suite: sign(holder.pair), challenge: 'challenge-1', domain: 'https://verifier.example', documentLoader}));
  fs.writeFileSync(path.join(folder, 'presentation.json'), text);
  fs.writeFileSync(path.join(folder, 'changed-presentation.json'), changed(text));
}

async function makeTokens(folder) {
  for (const [alg, options] of [['ES256', {}], ['ES384', {}], ['EdDSA', {crv: 'Ed25519'}], ['PS256', {modulusLength: 2048}], ['RS256', {modulusLength: 2048}]]) {
    const {publicKey, privateKey} = await jose.generateKeyPair(alg, {...options, extractable: true});
    const did = `did:jwk:${Buffer.from(JSON.stringify(await jose.exportJWK(publicKey))).toString('base64url')}`, document = credential();
    document.issuer.id = did;
    const token = await new jose.SignJWT(document).setProtectedHeader({alg, typ: 'vc+jwt', cty: 'vc', kid: `${did}#0`}).sign(privateKey);
    fs.writeFileSync(path.join(folder, `token-${alg}.jwt`), token);
    fs.writeFileSync(path.join(folder, `changed-token-${alg}.jwt`), changedPart(token, 1));
  }
}

async function makeSdJwts(folder) {
  const issuer = await ES256.generateKeyPair(), holder = await ES256.generateKeyPair();
  const did = `did:jwk:${Buffer.from(JSON.stringify({kty: issuer.publicKey.kty, crv: issuer.publicKey.crv, x: issuer.publicKey.x, y: issuer.publicKey.y})).toString('base64url')}`;
  const sdjwt = new SDJwtVcInstance({signer: await ES256.getSigner(issuer.privateKey), signAlg: 'ES256', hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt,
    kbSigner: await ES256.getSigner(holder.privateKey), kbSignAlg: 'ES256'});
  const claims = {iss: did, iat: 1767225600, vct: 'https://credentials.example/wound-care', cnf: {jwk: holder.publicKey}, title: 'Wound care (invented)', given_name: 'Mette',
    family_name: 'Invented', outcomes: ['cleans', 'dresses']};
  const issued = await sdjwt.issue(claims, {_sd: ['given_name', 'family_name'], outcomes: {_sd: [0, 1]}}, {header: {kid: `${did}#0`}});
  const shown = await sdjwt.present(issued, {given_name: true}, {kb: {payload: {aud: 'https://verifier.example', nonce: 'nonce-1', iat: 1767225700}}});
  const dot = shown.indexOf('.') + 30;
  for (const [name, text] of [['sd-jwt-issued.txt', issued], ['sd-jwt-shown.txt', shown]]) {
    fs.writeFileSync(path.join(folder, name), text);
    fs.writeFileSync(path.join(folder, `changed-${name}`), text.slice(0, dot) + (text[dot] === 'A' ? 'B' : 'A') + text.slice(dot + 1));
  }
}

// Credentials with a place in a list, and the lists: "<kind>-<state>.txt" beside "<kind>-list.txt".
const LIST = 'https://lists.example/1';

async function makeBitstringList(folder) {
  const {pair, did} = await pairFor(Ed25519Multikey, {}), list = await createList({length: 131072});
  const suite = () => new DataIntegrityProof({signer: pair.signer(), cryptosuite: eddsaRdfc, date: '2026-02-01T00:00:00Z'});
  list.setStatus(94567, true);
  const listCredential = await createListCredential({id: LIST, list, statusPurpose: 'revocation'});
  listCredential.issuer = did;
  fs.writeFileSync(path.join(folder, 'bitstring-list.txt'), JSON.stringify(await vc.issue({credential: listCredential, suite: suite(), documentLoader})));
  for (const [state, index] of [['revoked', 94567], ['active', 94568]]) {
    const document = credential();
    document.issuer.id = did;
    document.credentialStatus = {id: `${LIST}#${index}`, type: 'BitstringStatusListEntry', statusPurpose: 'revocation', statusListIndex: String(index), statusListCredential: LIST};
    fs.writeFileSync(path.join(folder, `bitstring-${state}.txt`), JSON.stringify(await vc.issue({credential: document, suite: suite(), documentLoader})));
  }
}

async function makeTokenList(folder) {
  const {publicKey, privateKey} = await ES256.generateKeyPair(), {kty, crv, x, y} = publicKey;
  const did = `did:jwk:${Buffer.from(JSON.stringify({kty, crv, x, y})).toString('base64url')}`, kid = `${did}#0`;
  const statuses = Array.from({length: 4096}, (_, i) => (i === 1000 ? 1 : i === 2000 ? 2 : 0));
  const {header, payload} = createHeaderAndPayload(new StatusList(statuses, 2), {iss: did, sub: LIST, iat: 1767225600}, {alg: 'ES256', kid});
  fs.writeFileSync(path.join(folder, 'token-list.txt'), await new jose.SignJWT(payload).setProtectedHeader(header).sign(await jose.importJWK(privateKey, 'ES256')));
  const sdjwt = new SDJwtVcInstance({signer: await ES256.getSigner(privateKey), signAlg: 'ES256', hasher: digest, hashAlg: 'sha-256', saltGenerator: generateSalt});
  for (const [state, idx] of [['revoked', 1000], ['suspended', 2000], ['active', 3000]]) {
    const claims = {iss: did, iat: 1767225600, vct: 'https://credentials.example/wound-care', status: {status_list: {idx, uri: LIST}}, title: 'Wound care (invented)'};
    fs.writeFileSync(path.join(folder, `token-${state}.txt`), await sdjwt.issue(claims, {_sd: ['title']}, {header: {kid}}));
  }
}

async function makeLists(folder) {
  const lists = path.join(folder, 'lists');
  fs.mkdirSync(lists, {recursive: true});
  await makeBitstringList(lists);
  await makeTokenList(lists);
}

// ---- status ----

// A published list, out of its token, whose signature holds.
async function listAt(lists, url) {
  const file = path.join(lists, ...new URL(url).pathname.split('/').slice(-2)), token = fs.readFileSync(file, 'utf8').trim();
  await jose.jwtVerify(token, await keyOf(jose.decodeProtectedHeader(token)));
  return token;
}

async function bitstringStatus(credential, lists) {
  const loader = async url => ({contextUrl: null, documentUrl: url, document: jose.decodeJwt(await listAt(lists, url))});
  // The lists are sealed by the provider's seal, and a badge by a key under a DID: two names of one party, which this software does not know to be one.
  const {verified, error, results} = await checkStatus({credential, documentLoader: loader, verifyBitstringStatusListCredential: false, verifyMatchingIssuers: false});
  need(verified, error?.message ?? 'no status');
  const set = purpose => results.some(r => r.credentialStatus.statusPurpose === purpose && r.status);
  return set('revocation') ? 'revoked' : set('suspension') ? 'suspended' : 'active';
}

async function tokenStatus(token, lists) {
  const {status_list: {uri, idx}} = jose.decodeJwt(token.split('~')[0]).status;
  return ['active', 'revoked', 'suspended'][getListFromStatusListJWT(await listAt(lists, uri)).getStatus(idx)];
}

async function tellStatus([lists, ...files]) {
  for (const file of files) {
    const text = fs.readFileSync(file, 'utf8').trim();
    const asked = text.startsWith('{') ? bitstringStatus(JSON.parse(text), lists)
      : jose.decodeJwt(text.split('~')[0]).credentialStatus ? bitstringStatus(jose.decodeJwt(text.split('~')[0]), lists) : tokenStatus(text, lists);
    console.log(`${await asked.catch(fault => `unknown(${fault.message})`)} ${file}`);
  }
}

if (mode === 'judge') await judge(rest);
else if (mode === 'status') await tellStatus(rest);
else if (mode === 'make') {
  fs.mkdirSync(rest[0], {recursive: true});
  for (const make of [makeIntegrity, makePresentation, makeTokens, makeSdJwts, makeLists]) {
    await make(rest[0]).then(() => console.log(`ok ${make.name}`), fault => console.log(`not ok ${make.name}: ${fault.stack}`));
  }
} else throw new Error('peers.mjs judge|status|make CONTEXTS ...');
