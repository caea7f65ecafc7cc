//! The parameter `Tags`.

use std::collections::HashSet;

use crate::answer::ServiceError;
use crate::constraint::Constraints;
use crate::operation::Call;

/// Tags of a session or of a token, as keys and values.
pub(super) struct Tags(pub(super) Vec<(String, String)>);

impl Tags {
    pub(super) fn read(call: &Call<'_>, constraints: &mut Constraints) -> Self {
        let keys = call.members("Tags", "Key");
        let tags: Vec<_> = keys.into_iter().zip(call.members("Tags", "Value")).collect();
        let shown = tags.iter().map(|(key, value)| format!("Tag(key={key}, value={value})"));
        constraints.list("tags", &shown.collect::<Vec<_>>(), 50);
        for (index, (key, value)) in (1..).zip(&tags) {
            constraints.text(&format!("tags.{index}.member.key"), Some(key), 1, 128, TAG_KEY);
            constraints.text(&format!("tags.{index}.member.value"), Some(value), 0, 256, TAG_VALUE);
        }
        Self(tags)
    }

    /// The keys in lower case: AWS ignores case in them.
    pub(super) fn lower_case_keys(&self) -> Vec<String> {
        self.0.iter().map(|(key, _)| key.to_lowercase()).collect()
    }

    /// Refuses two tags with the same key.
    pub(super) fn check_unique(&self) -> Result<(), ServiceError> {
        let keys = self.lower_case_keys();
        if keys.iter().collect::<HashSet<_>>().len() == keys.len() {
            return Ok(());
        }
        let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
        Err(ServiceError::new(400, "InvalidParameterValue", message))
    }
}

pub(super) const TAG_KEY: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+";
const TAG_VALUE: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*";
