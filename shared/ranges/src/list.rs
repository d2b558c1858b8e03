use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::{
    Form, Ranges,
    published::{PublishedProblem, judge},
};

/// Name and text of every file in `lists/`; a test compares this with the folder.
const FILES: &[(&str, &str)] = &[
    ("github", include_str!("../lists/github.json")),
    ("paddle", include_str!("../lists/paddle.json")),
    (
        "paddle-sandbox",
        include_str!("../lists/paddle-sandbox.json"),
    ),
    ("pagerduty-eu", include_str!("../lists/pagerduty-eu.json")),
    ("pagerduty-us", include_str!("../lists/pagerduty-us.json")),
    ("stripe", include_str!("../lists/stripe.json")),
    ("svix-au", include_str!("../lists/svix-au.json")),
    ("svix-ca", include_str!("../lists/svix-ca.json")),
    ("svix-eu", include_str!("../lists/svix-eu.json")),
    ("svix-us", include_str!("../lists/svix-us.json")),
    ("svix-us-east", include_str!("../lists/svix-us-east.json")),
];

/// What a provider published for its webhooks on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    /// Whose ranges.
    pub title: String,
    /// The provider's page that says what the ranges are for.
    pub documentation: String,
    /// Where the provider publishes them.
    pub source: String,
    /// In what form.
    pub form: Form,
    /// The day on which the source said this, as `2026-11-27`.
    pub read_on: String,
    /// What was read: the source itself, or a copy of it.
    pub read_from: String,
    /// The ranges.
    pub cidrs: Vec<IpNet>,
}

/// A file is not a list.
#[derive(Debug, thiserror::Error)]
pub enum ListProblem {
    /// It has another shape.
    #[error("it is not a list of ranges: {0}")]
    Shape(serde_json::Error),
    /// No day.
    #[error("read_on must be a day such as 2026-11-27")]
    Day,
    /// Its ranges cannot be used.
    #[error("its cidrs cannot be used: {0}")]
    Ranges(PublishedProblem),
}

impl List {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ListProblem`].
    pub fn from_json(text: &str) -> Result<Self, ListProblem> {
        let list: Self = serde_json::from_str(text).map_err(ListProblem::Shape)?;
        if !is_day(&list.read_on) {
            return Err(ListProblem::Day);
        }
        judge(list.cidrs.iter().copied()).map_err(ListProblem::Ranges)?;
        Ok(list)
    }

    /// The ranges in their order.
    #[must_use]
    pub fn ranges(&self) -> Ranges {
        self.cidrs.iter().map(IpNet::trunc).collect()
    }

    /// The same list as the source has it on this day.
    #[must_use]
    pub fn read_again(&self, ranges: &Ranges, day: &str) -> Self {
        Self {
            read_on: day.to_owned(),
            read_from: "The source.".to_owned(),
            cidrs: ranges.iter().copied().collect(),
            ..self.clone()
        }
    }

    /// The text of its file.
    ///
    /// # Errors
    /// [`serde_json::Error`], which does not happen with a list.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

/// The lists of this version of Coatcheck, by name.
///
/// # Errors
/// [`ListProblem`] if a file is broken, which a test excludes.
pub fn bundled() -> Result<Vec<(&'static str, List)>, ListProblem> {
    let lists = FILES
        .iter()
        .map(|(name, text)| Ok((*name, List::from_json(text)?)));
    lists.collect()
}

/// As Terraform reads a day: it compares this text with its clock.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |part: &str, digits: usize, most: u32| {
        part.len() == digits
            && part.bytes().all(|byte| byte.is_ascii_digit())
            && part
                .parse()
                .is_ok_and(|number| (1..=most).contains(&number))
    };
    matches!(parts.as_slice(), &[year, month, day]
        if number(year, 4, 9999) && number(month, 2, 12) && number(day, 2, 31))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_listed_and_sound() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lists");
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| name.strip_suffix(".json").unwrap().to_owned())
            .collect();
        names.sort();
        let lists = bundled().unwrap();
        assert_eq!(
            names,
            lists.iter().map(|(name, _)| *name).collect::<Vec<_>>()
        );
        for ((name, list), (_, text)) in lists.iter().zip(FILES) {
            assert_eq!(
                list.to_json().unwrap(),
                *text,
                "{name}: the form of its file"
            );
            assert!(
                list.ranges().into_iter().eq(list.cidrs.iter().copied()),
                "{name}: order"
            );
            for url in [&list.source, &list.documentation] {
                assert!(url.starts_with("https://"), "{name}: {url}");
            }
        }
    }

    #[test]
    fn a_file_that_is_no_list_is_refused() {
        let (_, github) = FILES[0];
        for (from, to) in [
            ("\"read_on\"", "\"read\""),
            ("2026-07-31", "2026-7-31"),
            ("2026-07-31", "2026-13-31"),
            ("2026-07-31", "yesterday"),
            ("\"140.82.112.0/20\"", "\"140.82.112.0/33\""),
            ("\"140.82.112.0/20\"", "\"10.0.0.0/8\""),
            ("\"140.82.112.0/20\"", "\"0.0.0.0/0\""),
        ] {
            assert!(github.contains(from), "{from}");
            assert!(List::from_json(&github.replace(from, to)).is_err(), "{to}");
        }
        let mut empty = List::from_json(github).unwrap();
        empty.cidrs.clear();
        assert!(List::from_json(&empty.to_json().unwrap()).is_err());
    }
}
