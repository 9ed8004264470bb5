import { type Command, runCommand } from './command-line/command.ts'
import { UserError } from './command-line/user-error.ts'
import { openHome } from './home.ts'
import { openKeyRing } from './shop/key-ring.ts'
import { rotateKeys } from './shop/rotation.ts'
import { findRunning } from './shop/running-url.ts'

const command: Command = {
  help: `The keys that access tokens are signed with.

  npm run keys -- show      names and ages
  npm run keys -- rotate    signs with the other key from now on; tokens of the one before stay good for 15 minutes
    --home DIR              of the copy in this home`,
  options: { home: { type: 'string' } },
  maxWords: 1,
  async run({ values, words: [action = 'show'] }) {
    const home = openHome(values.home)
    if (!['show', 'rotate'].includes(action)) throw new UserError('What to do? npm run keys -- show, or rotate')
    if (action === 'rotate') {
      findRunning(home, 'gateway')
      console.log(`Tokens are signed with ${await rotateKeys(home)} now.`)
      return 0
    }
    const { current, keys, rotatedAt } = openKeyRing(home)
    for (const { kid, createdAt } of keys)
      console.log(`${kid}  made ${createdAt}${kid === current ? '  signs now' : ''}`)
    console.log(rotatedAt === undefined ? 'Never rotated yet.' : `Last rotated ${rotatedAt}.`)
    return 0
  },
}

await runCommand(command)
