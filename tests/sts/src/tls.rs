//! A certificate authority for this process, and the certificates of its servers.

use std::sync::{Arc, OnceLock};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use time::{Duration, OffsetDateTime};

/// A kind of server certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Valid for `127.0.0.1`, `::1` and `localhost`, and signed by the CA.
    Good,
    /// Expired yesterday.
    Expired,
    /// Valid for a different host.
    WrongHost,
    /// Signed by its own key, not by the CA.
    SelfSigned,
}

impl Certificate {
    /// The TLS configuration with such a certificate: P-256, TLS 1.2 and 1.3.
    pub(crate) fn server_config(self) -> Arc<ServerConfig> {
        let key = new_key();
        let certificate = match self {
            Self::SelfSigned => self.params().self_signed(&key),
            _ => self.params().signed_by(&key, ca()),
        };
        let chain = vec![certificate.expect("the parameters are complete").der().clone()];
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder =
            builder.with_safe_default_protocol_versions().expect("ring has both versions");
        let config = builder.with_no_client_auth().with_single_cert(chain, key);
        Arc::new(config.expect("the key is the certificate's"))
    }

    fn params(self) -> CertificateParams {
        let names = match self {
            Self::WrongHost => vec!["sts.example.com".into()],
            _ => ["127.0.0.1", "::1", "localhost"].map(Into::into).to_vec(),
        };
        let mut params = CertificateParams::new(names).expect("the names are ASCII");
        params.distinguished_name.push(DnType::CommonName, "loopback STS");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let now = OffsetDateTime::now_utc();
        params.not_before = now - Duration::days(2);
        params.not_after = match self {
            Self::Expired => now - Duration::days(1),
            _ => now + Duration::days(30),
        };
        params
    }
}

/// The certificate of the CA, as PEM.
pub(crate) fn ca_pem() -> String {
    ca().pem()
}

/// The certificate of the CA, as DER.
pub(crate) fn ca_der() -> CertificateDer<'static> {
    ca().der().clone()
}

fn ca() -> &'static CertifiedIssuer<'static, KeyPair> {
    static CA: OnceLock<CertifiedIssuer<'static, KeyPair>> = OnceLock::new();
    CA.get_or_init(|| {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, "loopback STS authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let now = OffsetDateTime::now_utc();
        (params.not_before, params.not_after) = (now - Duration::days(2), now + Duration::days(30));
        CertifiedIssuer::self_signed(params, new_key()).expect("the parameters are complete")
    })
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("ring makes P-256 keys")
}
