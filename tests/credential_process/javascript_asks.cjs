// Gets the credentials of the profile in AWS_PROFILE as the AWS SDK for JavaScript does.
//
// Prints their access key id in JSON or, on standard error and with exit status 1, the error.

const { fromIni } = require("@aws-sdk/credential-providers");

fromIni()().then(
  ({ accessKeyId, expiration }) => console.log(JSON.stringify({ accessKeyId, expiration })),
  (error) => {
    console.error(String(error));
    process.exitCode = 1;
  },
);
