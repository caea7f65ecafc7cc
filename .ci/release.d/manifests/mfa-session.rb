class MfaSession < Formula
  desc "@description@"
  homepage "@repository@"
  url "@repository@/releases/download/v@version@/mfa-session-@version@.crate"
  sha256 "@crate@"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    bash_completion.install "completions/mfa-session.bash" => "mfa-session"
    zsh_completion.install "completions/_mfa-session"
    fish_completion.install "completions/mfa-session.fish"
    man1.install "man/mfa-session.1"
    doc.install "README.md", "SECURITY.md", "CHANGELOG.md"
    (doc/"man").install Dir["man/*.md"], Dir["man/*.svg"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/mfa-session --version")
  end
end
