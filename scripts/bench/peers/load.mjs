// Load by autocannon, where there is no wrk. Prints its result as JSON.
import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'

const [url, connections, seconds, tokensFile] = process.argv.slice(2)
const tokens = readFileSync(tokensFile, 'utf8').trim().split('\n')
const requests = tokens.map((token) => ({ headers: { authorization: `Bearer ${token}` } }))
const result = await autocannon({ url, requests, connections: Number(connections), duration: Number(seconds) })
console.log(JSON.stringify(result))
