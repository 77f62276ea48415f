// Runs `npm ci` in a folder whose packages are not those of its lock file.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';

const folder = process.argv[2];

if (modifiedAt(`${folder}/node_modules/.package-lock.json`) < modifiedAt(`${folder}/package-lock.json`)) {
  console.log(`Installing the packages of ${folder} …`);
  execFileSync('npm', ['ci', '--silent', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: 'inherit',
  });
}

function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
