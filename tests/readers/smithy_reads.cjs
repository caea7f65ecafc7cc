// Reads credentials files with the AWS SDK for JavaScript.
//
// Each line of standard input is a JSON string, the text of a file. Each line of standard output is
// {section: {key: value}}: the SDK refuses no file. Exits with 77 without
// @smithy/shared-ini-file-loader, here or in NODE_PATH.

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

let load;
try {
  load = require("@smithy/shared-ini-file-loader").loadSharedConfigFiles;
} catch {
  process.exit(77);
}

async function main() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "smithy-reads-"));
  const filepath = path.join(directory, "credentials");
  const configFilepath = path.join(directory, "config");
  try {
    for (const line of fs.readFileSync(0, "utf8").split("\n").filter(Boolean)) {
      fs.writeFileSync(filepath, JSON.parse(line));
      const read = await load({ filepath, configFilepath, ignoreCache: true });
      fs.writeSync(1, JSON.stringify(read.credentialsFile) + "\n");
    }
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

main();
