// Which packages bring the servers, in plain JavaScript: the bootstrap names what is missing before anything is installed.

/** The packages with each server (for MongoDB: what its stand-in needs), by package manager. */
export const serverPackages = {
  mongodb: { 'apt-get': 'python3-venv', dnf: 'python3', pacman: 'python', brew: 'python' },
  mysql: {
    'apt-get': 'mariadb-server',
    dnf: 'mariadb-server',
    apk: 'mariadb',
    pacman: 'mariadb',
    brew: 'mariadb',
  },
  redis: { 'apt-get': 'redis-server', dnf: 'valkey', apk: 'redis', pacman: 'valkey', brew: 'redis' },
}

const commands = {
  'apt-get': 'sudo apt-get install -y',
  dnf: 'sudo dnf install -y',
  apk: 'sudo apk add',
  pacman: 'sudo pacman -S --needed',
  brew: 'brew install',
}

/** The package managers that `installCommand` knows. */
export const managers = Object.keys(commands)

/** The line that installs these packages, for a person to type. */
export function installCommand(manager, packages) {
  const line = `${commands[manager]} ${packages.join(' ')}`
  return process.getuid?.() === 0 ? line.replace(/^sudo /, '') : line
}
