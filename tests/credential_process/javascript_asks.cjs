// Gets the credentials of the profile in AWS_PROFILE with the AWS SDK for JavaScript.
//
// Prints the access key id in JSON. On an error, prints it to standard error and exits with 1.

const { fromIni } = require("@aws-sdk/credential-providers");

fromIni()().then(
  ({ accessKeyId, expiration }) => console.log(JSON.stringify({ accessKeyId, expiration })),
  (error) => {
    console.error(String(error));
    process.exitCode = 1;
  },
);
