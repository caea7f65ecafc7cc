// What the AWS SDK for JavaScript reads in a credentials file.
//
// One JSON string a line on standard input is a file's text; the line on standard output is
// {section: {key: value}}; it refuses no file. Exits 77 without @smithy/shared-ini-file-loader,
// which is looked for here and in NODE_PATH.

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
