import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { reportOn } from './check.ts'

const folder = mkdtempSync(join(tmpdir(), 'portico-check-'))
afterAll(() => rmSync(folder, { recursive: true }))

function report(text: string, env = {}) {
  const file = join(folder, 'kong.yml')
  writeFileSync(file, text)
  const { ok, output } = reportOn(file, env)
  return { ok, output: output.replaceAll(file, 'FILE') }
}

describe('check', () => {
  it('tells every error with line, column, path and reason, in the order of the file', () => {
    expect(
      report(`_format_version: "3.0"
services:
  - name: orders
    url: http://orders.test
    routes:
      - name: one
        paths: [/ok, bad]
        strip_pth: true
plugins:
  - name: rate-limitng
  - name: rate-limiting
    config: { minute: "5" }
`),
    ).toEqual({
      ok: false,
      output: `FILE:7:22  services[0].routes[0].paths[1]: should start with: / (fixed path) or ~/ (regex path)
FILE:8:9  services[0].routes[0].strip_pth: unknown field 'strip_pth'; did you mean 'strip_path'?
FILE:10:11  plugins[0].name: plugin 'rate-limitng' not enabled; add it to the 'plugins' configuration property; did you mean 'rate-limiting'?
FILE:12:23  plugins[1].config.minute: expected a number, found a text
4 errors`,
    })
  })

  it.each([
    ['YAML', '_format_version: "3.0"\nservices:\n- name: s\n  host: a.test\n  port: 80\n  port: 81\n'],
    [
      'YAML with line breaks of Windows',
      '_format_version: "3.0"\r\nservices:\r\n- name: s\r\n  host: a.test\r\n  port: 80\r\n  port: 81\r\n',
    ],
    [
      'YAML of the full parser',
      '_format_version: "3.0"\nservices:\n- name: s\n  host: &a a.test\n  port: 80\n  port: 81\n',
    ],
    [
      'JSON',
      '{ "_format_version": "3.0",\n"services": [\n{ "name": "s",\n"host": "a.test",\n  "port": 80,\n  "port": 81 }]}',
    ],
  ])('refuses a key that stands twice in %s, with both places', (_, text) => {
    expect(report(text)).toEqual({
      ok: false,
      output:
        "FILE:6:3  services[0].port: 'port' is already set on line 5, column 3; this one wins: remove one of them\n1 error",
    })
  })

  it('tells a key that stands twice beside other errors', () => {
    const { output } = report('_format_version: "3.0"\nservices:\n- name: s\n  hots: a.test\n  name: s\n')
    expect(output.split('\n').slice(-3)).toEqual([
      expect.stringMatching(/^FILE:4:3 .*did you mean 'host'/),
      expect.stringMatching(/^FILE:5:3 .*'name' is already set on line 3, column 3/),
      '3 errors',
    ])
  })

  it('tells where a text stops being YAML', () => {
    const { ok, output } = report('_format_version: "3.0"\nservices:\n\t- name: s\n')
    expect(ok).toBe(false)
    expect(output).toMatch(/^FILE:3:1 {2}a tab can not be used for indentation: use spaces\n1 error$/)
  })

  it('tells a regular expression that the router refuses on one line', () => {
    const { output } = report('_format_version: "3.0"\nroutes:\n- name: r\n  paths: ["~/a(?=b)"]\n')
    expect(output).toBe(
      "FILE:3:3  routes[0]: the router can't take '^/a(?=b)': look-around, including look-ahead and look-behind, is not supported\n1 error",
    )
  })

  it('tells a reference that leads nowhere', () => {
    const { output } = report('_format_version: "3.0"\nroutes:\n- name: r\n  paths: [/]\n  service: gone\n')
    expect(output).toContain("FILE:5:12  routes[0].service: there is no 'gone' in services")
  })

  it('says what is in a good file', () => {
    expect(
      report(`_format_version: "3.0"\nservices:\n- name: s\n  url: http://\${{ env "DECK_HOST" }}\n`, {
        DECK_HOST: 'a.test',
      }),
    ).toEqual({
      ok: true,
      output: 'FILE: valid (1 services)',
    })
  })
})
