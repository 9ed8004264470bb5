#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { documentFile, writeDocument } from './document.ts'

writeFileSync(documentFile, writeDocument())
console.log(`written: ${documentFile.pathname}`)
