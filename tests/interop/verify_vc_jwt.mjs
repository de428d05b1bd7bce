// Verify vc+jwt files with an independent reader (npm jose): the key is the one that the header carries (x5c or jwk).
// Prints one line a file, "ok FILE" or "not ok FILE: why"; the status is 1 when one is not.
//
//   verify_vc_jwt.mjs FILE...
import fs from 'node:fs';
import {X509Certificate} from 'node:crypto';
import * as jose from 'jose';

const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'RS256'];

function need(condition, what) {
  if (!condition) throw new Error(what);
}

async function keyOf(header) {
  if (!header.x5c) return jose.importJWK(header.jwk, header.alg);
  const chain = header.x5c.map(text => new X509Certificate(Buffer.from(text, 'base64')));
  for (let i = 0; i + 1 < chain.length; i++) need(chain[i].verify(chain[i + 1].publicKey), `certificate ${i} is not signed by the next`);
  return jose.importX509(chain[0].toString(), header.alg);
}

// The same token with one character of its payload changed.
function altered(token) {
  const [header, payload, signature] = token.split('.');
  const at = payload.length >> 1;
  return [header, payload.slice(0, at) + (payload[at] === 'A' ? 'B' : 'A') + payload.slice(at + 1), signature].join('.');
}

async function check(file) {
  const token = fs.readFileSync(file, 'utf8').trim();
  const header = jose.decodeProtectedHeader(token);
  need(header.typ === 'vc+jwt', `typ is ${header.typ}`);
  need(header.cty === 'vc', `cty is ${header.cty}`);
  const key = await keyOf(header);
  const {payload} = await jose.jwtVerify(token, key, {typ: 'vc+jwt', algorithms: ALGORITHMS});
  need(payload['@context']?.[0] === 'https://www.w3.org/ns/credentials/v2', 'the first context is not that of VC 2.0');
  need([payload.type].flat().includes('VerifiableCredential'), 'type does not say VerifiableCredential');
  need(payload.issuer && payload.credentialSubject, 'issuer or credentialSubject is missing');
  need(!('vc' in payload), 'a vc claim does not belong into a VC 2.0');
  const refused = await jose.jwtVerify(altered(token), key, {algorithms: ALGORITHMS}).then(() => false, e => e.code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED');
  need(refused, 'one changed character was not noticed');
}

for (const file of process.argv.slice(2)) {
  try {
    await check(file);
    console.log(`ok ${file}`);
  } catch (fault) {
    console.log(`not ok ${file}: ${fault.message}`);
    process.exitCode = 1;
  }
}
