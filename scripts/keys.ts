import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, runCommand } from './command-line/command.ts'
import { confirm } from './command-line/confirm.ts'
import { hint } from './command-line/hint.ts'
import { UserError } from './command-line/user-error.ts'
import { type Home, openHome, requireHome } from './home.ts'
import { formerUntil, openKeyRing } from './shop/key-ring.ts'
import { chooseKeys, revokeKeys } from './shop/revocation.ts'
import { rotateKeys } from './shop/rotation.ts'
import { findRunning } from './shop/running-url.ts'

/** Services read the JWKS every five seconds, and the answer may take a second. */
const SERVICES_LEARN_MS = 6000

const command: Command = {
  help: `The keys that access tokens are signed with.

  npm run keys -- show            names and ages
  npm run keys -- rotate          signs with the other key from now on; tokens of the one before stay good for 15 minutes
  npm run keys -- revoke [KID]    in an emergency: nothing that this key (the current one) signed is accepted any more
    --all                         both keys: where somebody may have read keys.json
    --yes                         without being asked
    --home DIR                    of the copy in this home

After a revocation clients get new access tokens by refreshing: nobody has to sign in again.`,
  options: {
    home: { type: 'string' },
    all: { type: 'boolean' },
    yes: { type: 'boolean', short: 'y' },
  },
  maxWords: 2,
  async run({ flags, values, words: [action = 'show', kid] }) {
    const home = openHome(values.home)
    if (action === 'revoke' && !(kid && flags.all)) {
      requireHome(home)
      return await revoke(home, chooseKeys(home, kid, flags.all ?? false), flags.yes ?? false)
    }
    if (kid !== undefined || flags.all || !['show', 'rotate'].includes(action))
      throw new UserError('What to do? npm run keys -- show, rotate, or revoke [KID | --all]')
    requireHome(home)
    if (action === 'show') return show(home)
    findRunning(home, 'gateway')
    console.log(`Tokens are signed with ${await rotateKeys(home)} now.`)
    return 0
  },
}

function show(home: Home): number {
  const ring = openKeyRing(home)
  const { current, keys, rotatedAt } = ring
  const until = formerUntil(ring)
  for (const { kid, createdAt } of keys) {
    const state = kid === current ? '  signs now' : until && `  trusted until ${until.toISOString()}`
    console.log(`${kid}  made ${createdAt}${state ?? ''}`)
  }
  console.log(rotatedAt === undefined ? 'Never rotated yet.' : `Last rotated ${rotatedAt}.`)
  return 0
}

async function revoke(home: Home, kids: readonly string[], sure: boolean): Promise<number> {
  const question =
    `Revoke ${kids.join(' and ')}? Access tokens and WebSocket tickets that were signed with it are refused at once.\n` +
    'Sessions stay: clients get new tokens by refreshing.'
  if (!sure && !(await confirm(question, hint(home, 'keys', 'revoke --yes')))) {
    console.log('Nothing was revoked.')
    return 1
  }
  const { current, told } = await revokeKeys(home, kids)
  console.log(`Revoked: ${kids.join(', ')}\nTokens are signed with ${current} now.`)
  if (told.includes('user')) {
    await sleep(SERVICES_LEARN_MS)
    console.log('The gateway and all services that reach user-service refuse what the revoked key signed.')
  } else if (told.length > 0) {
    console.log('user-service does not run: other services trust the key until it is back, for 15 minutes at most.')
  } else {
    console.log(`Nothing runs in ${home.root}: it takes effect at the next start (compose: see docs/operations.md).`)
  }
  return 0
}

await runCommand(command)
