{
  description = "@description@";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    source = {
      url = "git+@repository@?ref=refs/tags/v@version@&rev=@commit@";
      flake = false;
    };
  };

  outputs =
    { nixpkgs, source, ... }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      package =
        pkgs:
        pkgs.rustPlatform.buildRustPackage {
          pname = "mfa-session";
          version = "@version@";
          src = source;
          cargoLock.lockFile = "${source}/Cargo.lock";
          # The tests need a terminal, shells and a network.
          doCheck = false;
          nativeBuildInputs = [ pkgs.installShellFiles ];
          postInstall = ''
            installManPage man/mfa-session.1
            installShellCompletion --bash --name mfa-session completions/mfa-session.bash
            installShellCompletion --zsh completions/_mfa-session
            installShellCompletion --fish completions/mfa-session.fish
            install -Dm644 -t "$out/share/doc/mfa-session" README.md SECURITY.md CHANGELOG.md
            install -Dm644 -t "$out/share/doc/mfa-session/man" man/*.md man/*.svg
          '';
          meta = {
            description = "@description@";
            homepage = "@repository@";
            license = [
              nixpkgs.lib.licenses.mit
              nixpkgs.lib.licenses.asl20
            ];
            mainProgram = "mfa-session";
          };
        };
    in
    {
      packages = nixpkgs.lib.genAttrs systems (system: {
        default = package nixpkgs.legacyPackages.${system};
      });
    };
}
