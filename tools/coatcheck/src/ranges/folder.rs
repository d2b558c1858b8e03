use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use ranges::{List, bundled};

/// Where the lists are.
#[derive(clap::Args)]
pub(super) struct Folder {
    /// Your folder of lists, as in `ranges_dir`: they replace those of Coatcheck that have their names.
    #[arg(long, value_name = "FOLDER")]
    pub(super) dir: Option<PathBuf>,
}

impl Folder {
    /// All lists that Terraform would see, by name.
    pub(super) fn lists(&self) -> Result<BTreeMap<String, List>> {
        let lists = bundled().context("a list of Coatcheck cannot be read")?;
        let lists = lists
            .into_iter()
            .map(|(name, list)| (name.to_owned(), list));
        let mut lists: BTreeMap<_, _> = lists.collect();
        lists.extend(self.own()?);
        Ok(lists)
    }

    /// Those in your folder.
    pub(super) fn own(&self) -> Result<BTreeMap<String, List>> {
        let Some(dir) = &self.dir else {
            return Ok(BTreeMap::new());
        };
        let unreadable = || format!("the folder {} cannot be read", dir.display());
        let mut lists = BTreeMap::new();
        for entry in fs::read_dir(dir).with_context(unreadable)? {
            let path = entry.with_context(unreadable)?.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                let (name, list) = read(&path)?;
                lists.insert(name, list);
            }
        }
        Ok(lists)
    }

    /// Writes a list into your folder: the whole file, or nothing.
    pub(super) fn write(&self, name: &str, list: &List) -> Result<PathBuf> {
        let Some(dir) = &self.dir else {
            bail!("--write needs --dir: the lists of this program cannot be changed");
        };
        let path = dir.join(format!("{name}.json"));
        let failed = || format!("{} cannot be written", path.display());
        let new = dir.join(format!(".{name}.json.new"));
        fs::write(&new, list.to_json()?).with_context(failed)?;
        fs::rename(&new, &path).with_context(failed)?;
        Ok(path)
    }
}

fn read(path: &Path) -> Result<(String, List)> {
    let problem = || format!("{}", path.display());
    let name = path.file_stem().and_then(|stem| stem.to_str());
    let name = name.filter(|name| is_name(name)).with_context(|| {
        format!(
            "{} has a name that Terraform does not take: use a-z, 0-9 and -",
            path.display()
        )
    })?;
    let text = fs::read_to_string(path).with_context(problem)?;
    let list = List::from_json(&text).with_context(problem)?;
    Ok((name.to_owned(), list))
}

/// As the variable endpoints has it.
fn is_name(text: &str) -> bool {
    let may = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    text.bytes().all(may)
        && text
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_yours_replaces_the_one_of_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder {
            dir: Some(dir.path().to_owned()),
        };
        let ours = folder.lists().unwrap();
        let list = ours["github"].read_again(&["9.9.9.0/24".parse().unwrap()].into(), "2026-11-27");
        folder.write("github", &list).unwrap();
        folder.write("partner", &list).unwrap();
        let all = folder.lists().unwrap();
        assert_eq!(
            (&all["github"], &all["partner"], &all["stripe"]),
            (&list, &list, &ours["stripe"])
        );
        assert_eq!(
            folder.own().unwrap().len(),
            2,
            "nothing else is left in the folder"
        );
        assert_eq!(all.len(), ours.len() + 1);
    }

    #[test]
    fn a_file_that_terraform_would_refuse_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder {
            dir: Some(dir.path().to_owned()),
        };
        fs::write(dir.path().join("README.md"), "no list").unwrap();
        assert!(folder.own().unwrap().is_empty());
        for (file, text) in [("a.json", "{}"), ("A.json", "{}"), ("1.json", "{}")] {
            fs::write(dir.path().join(file), text).unwrap();
            let problem = folder.own().unwrap_err();
            assert!(format!("{problem:#}").contains(file), "{problem:#}");
            fs::remove_file(dir.path().join(file)).unwrap();
        }
    }
}
