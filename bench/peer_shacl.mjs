// The JavaScript peer of bench/run for SHACL: shacl-engine. It runs from a copy of the peers' folder.
//
//   peer_shacl.mjs DATA SHAPES...   DATA: N-Quads, SHAPES: Turtle, all of them one graph
//
// Both graphs are parsed before anything is measured. "shacl.elm" validates with shapes prepared once, "shacl.compile" prepares them
// each time; "shacl.results" is how many results there are, for both sides must find the same.
import env from '@zazuko/env';
import {Parser} from 'n3';
import {Validator} from 'shacl-engine';
import {readFileSync} from 'node:fs';
import {figure} from './lib.mjs';

const [data, ...shapes] = process.argv.slice(2).map(file => new Parser({factory: env}).parse(readFileSync(file, 'utf8')));
const dataset = env.dataset(data), union = env.dataset();
for (const graph of shapes)
  for (const quad of graph) // every file is given: there is nothing to import
    if (quad.predicate.value !== 'http://www.w3.org/2002/07/owl#imports') union.add(quad);

const validator = new Validator(union, {factory: env});
console.log(`shacl.results ${(await validator.validate({dataset})).results.length}`);
await figure('shacl.elm', () => validator.validate({dataset}));
await figure('shacl.compile', () => new Validator(union, {factory: env}).validate({dataset}));
