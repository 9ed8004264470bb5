import { KONG_VERSION } from '../src/version.ts'
import { adminSection } from './admin-section.ts'
import { configurationSection } from './configuration-section.ts'
import { conformanceSection } from './conformance-section.ts'
import { pluginsSection } from './plugins-section.ts'
import { settingsSection } from './settings-section.ts'

export const documentFile = new URL('../../docs/kong-compatibility.md', import.meta.url)

/** The whole of `docs/kong-compatibility.md`, from the code and from what the recorded answers say. */
export const writeDocument = (): string => `# What the embedded gateway is, compared with Kong

The embedded gateway runs \`kong.yml\` as open-source Kong ${KONG_VERSION} does in DB-less mode with the router flavour
\`traditional_compatible\`: for every configuration that it accepts, a client and an upstream see what Kong would have shown
them. What it can't honour it refuses, with the place and the reason.

This page is written by \`node_modules/.bin/node kong/compatibility/write.ts\` from the code and from the results of the conformance suite; a
test fails when it is out of date.

[Measured](#measured-against-a-real-kong) · [Configuration](#configuration) · [Refused](#refused) · [Plugins](#plugins) ·
[Settings](#settings) · [Admin API](#admin-api)

${[conformanceSection(), configurationSection(), pluginsSection(), settingsSection(), adminSection()].join('\n\n')}
`
