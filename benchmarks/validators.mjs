// The validators in JavaScript: shapes and data in; the validation report, as N-Triples, out.
//
// Arguments: the engine, the file of the shapes, the files of the data. It runs in the folder that
// holds node_modules.

import { createReadStream, writeFileSync } from 'node:fs'
import DataFactory from '@rdfjs/data-model/Factory.js'
import DatasetFactory from '@rdfjs/dataset/Factory.js'
import Environment from '@rdfjs/environment'
import { StreamParser, Writer } from 'n3'

const ENGINES = { 'rdf-validate-shacl': rdfValidateShacl, 'shacl-engine': shaclEngine }

const factory = new Environment([DataFactory, DatasetFactory])

async function load (...paths) {
  const dataset = factory.dataset()
  for (const path of paths) {
    for await (const quad of createReadStream(path).pipe(new StreamParser())) dataset.add(quad)
  }
  return dataset
}

async function rdfValidateShacl (shapes, data) {
  const { default: Validator } = await import('rdf-validate-shacl')
  return new Validator(shapes).validate(data)
}

async function shaclEngine (shapes, data) {
  const { Validator } = await import('shacl-engine')
  const { targetResolvers, validations } = await import('shacl-engine/sparql.js')
  const validator = new Validator(shapes, { factory, targetResolvers, validations })
  return validator.validate({ dataset: data })
}

const [engine, shapes, ...data] = process.argv.slice(1)
const report = await ENGINES[engine](await load(shapes), await load(...data))
const writer = new Writer({ format: 'N-Triples' })
writer.addQuads([...report.dataset])
writer.end((error, text) => {
  if (error) throw error
  writeFileSync(process.stdout.fd, text)
})
