//! Mapping templates: the small part of VTL that is supported here. Pure.
//!
//! Text; `$context.x.y` and `${context.x.y}`; `#if(a || b)A#else B#end`, where a condition is
//! `$input.body.contains("...")` or `"$!context.x.y" == "..."`;
//! `#set($context.responseOverride.status = 503)`. Anything else that VTL would read is refused,
//! even in a branch that is not used. The end of a line that ends with a directive is dropped, as
//! in VTL.

use regex_lite::Regex;

use crate::refusal::Refusal;

/// The value of `$context.{name}`.
pub(crate) type Lookup<'a> = dyn Fn(&str) -> Result<Option<String>, Refusal> + 'a;

/// A template's result.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rendered {
    pub(crate) text: String,
    /// The value of `$context.responseOverride.status`.
    pub(crate) status: Option<u16>,
}

/// Renders an integration response's template. `input` is the integration's answer.
///
/// # Errors
/// The template has something that is not supported here.
pub(crate) fn render(
    template: &str,
    input: &str,
    lookup: &Lookup<'_>,
) -> Result<Rendered, Refusal> {
    let mut renderer = Renderer::new(template, lookup)?;
    renderer.input = Some(input);
    match renderer.block(true)? {
        Stop::Template => Ok(Rendered {
            text: renderer.text,
            status: renderer.status,
        }),
        Stop::Else | Stop::End => Err(unknown("an #else or #end without its #if")),
    }
}

/// Renders a gateway response's template, in which AWS supports only variables.
///
/// # Errors
/// The template has something that is not supported here.
pub(crate) fn plain(template: &str, lookup: &Lookup<'_>) -> Result<String, Refusal> {
    let mut renderer = Renderer::new(template, lookup)?;
    // A directive is refused before it could end a block.
    renderer.block(true)?;
    Ok(renderer.text)
}

fn unknown(what: &str) -> Refusal {
    Refusal::misconfigured(format!("a template has {what}, which is not emulated here"))
}

/// What ended a block.
#[derive(Debug, PartialEq, Eq)]
enum Stop {
    Template,
    Else,
    End,
}

struct Patterns {
    variable: Regex,
    contains: Regex,
    equals: Regex,
    status: Regex,
    word: Regex,
    line_end: Regex,
}

impl Patterns {
    fn new() -> Result<Self, regex_lite::Error> {
        let name = r"context((?:\.[A-Za-z][A-Za-z0-9_-]*)+)";
        Ok(Self {
            variable: Regex::new(&format!(r"^\$(?:{name}|\{{{name}\}})"))?,
            contains: Regex::new(r#"^\s*\$input\.body\.contains\(\s*"([^"$\\]*)"\s*\)\s*"#)?,
            // Quiet: what is absent is empty. Without the ! VTL would compare with the reference's own text.
            equals: Regex::new(&format!(
                r#"^\s*"\$!(?:{name}|\{{{name}\}})"\s*==\s*"([^"$\\]*)"\s*"#
            ))?,
            status: Regex::new(
                r"^\(\s*\$context\.responseOverride\.status\s*=\s*([1-5]\d\d)\s*\)",
            )?,
            word: Regex::new(r"^#(if|set|else|end)\b")?,
            line_end: Regex::new(r"^[ \t]*\r?\n")?,
        })
    }
}

struct Renderer<'a> {
    rest: &'a str,
    input: Option<&'a str>,
    lookup: &'a Lookup<'a>,
    patterns: Patterns,
    text: String,
    status: Option<u16>,
}

impl<'a> Renderer<'a> {
    fn new(template: &'a str, lookup: &'a Lookup<'a>) -> Result<Self, Refusal> {
        Ok(Self {
            rest: template,
            input: None,
            lookup,
            patterns: Patterns::new().map_err(|e| Refusal::misconfigured(e.to_string()))?,
            text: String::new(),
            status: None,
        })
    }

    /// Renders up to the end of a block. A part that is not `taken` is read, and produces nothing.
    fn block(&mut self, taken: bool) -> Result<Stop, Refusal> {
        loop {
            let at = self.rest.find(['$', '#']).unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at_checked(at).unwrap_or((self.rest, ""));
            self.rest = rest;
            if taken {
                self.text.push_str(text);
            }
            if rest.is_empty() {
                return Ok(Stop::Template);
            } else if rest.starts_with('$') {
                self.variable(taken)?;
            } else if let Some(end) = self.directive(taken)? {
                return Ok(end);
            }
        }
    }

    fn variable(&mut self, taken: bool) -> Result<(), Refusal> {
        let Some(found) = self.patterns.variable.captures(self.rest) else {
            return self.literal(taken, "a reference other than $context.x");
        };
        let name = found.get(1).or_else(|| found.get(2));
        let name = name.map_or("", |name| name.as_str().trim_start_matches('.'));
        let rest = self.after(found.get(0).map_or(0, |all| all.end()));
        if rest.starts_with(['(', '[']) {
            return Err(unknown("a call or an index"));
        }
        let value = (self.lookup)(name)?;
        if taken {
            self.text.push_str(&value.unwrap_or_default());
        }
        self.rest = rest;
        Ok(())
    }

    fn directive(&mut self, taken: bool) -> Result<Option<Stop>, Refusal> {
        let Some(found) = self.patterns.word.captures(self.rest) else {
            return self.literal(taken, "another directive").map(|()| None);
        };
        let Some(input) = self.input else {
            return Err(unknown("a directive in a gateway response"));
        };
        let word = found.get(1).map_or("", |word| word.as_str());
        self.rest = self.after(word.len() + 1);
        match word {
            "if" => self.condition(taken, input)?,
            "set" => {
                let found = self.patterns.status.captures(self.rest);
                let found = found.ok_or_else(|| unknown("a #set of something else"))?;
                let status = found.get(1).and_then(|n| n.as_str().parse().ok());
                self.rest = self.after(found.get(0).map_or(0, |all| all.end()));
                if taken {
                    self.status = status;
                }
                self.swallow();
            }
            other => {
                self.swallow();
                let end = if other == "else" {
                    Stop::Else
                } else {
                    Stop::End
                };
                return Ok(Some(end));
            }
        }
        Ok(None)
    }

    fn condition(&mut self, taken: bool, input: &str) -> Result<(), Refusal> {
        let met = self.disjunction(input)?;
        self.swallow();
        let mut end = self.block(taken && met)?;
        if end == Stop::Else {
            end = self.block(taken && !met)?;
        }
        if end == Stop::End {
            Ok(())
        } else {
            Err(unknown("an #if without its #end"))
        }
    }

    /// `(a || b || ...)`; each is read, whether it counts or not.
    fn disjunction(&mut self, input: &str) -> Result<bool, Refusal> {
        let another = || unknown("a condition of another form");
        self.rest = self.rest.strip_prefix('(').ok_or_else(another)?;
        let mut met = false;
        loop {
            let end = if let Some(found) = self.patterns.contains.captures(self.rest) {
                met |= found
                    .get(1)
                    .is_some_and(|part| input.contains(part.as_str()));
                found.get(0).map_or(0, |all| all.end())
            } else if let Some(found) = self.patterns.equals.captures(self.rest) {
                let name = found.get(1).or_else(|| found.get(2));
                let name = name.map_or("", |name| name.as_str().trim_start_matches('.'));
                let value = (self.lookup)(name)?.unwrap_or_default();
                met |= found.get(3).is_some_and(|wanted| value == wanted.as_str());
                found.get(0).map_or(0, |all| all.end())
            } else {
                return Err(another());
            };
            self.rest = self.after(end);
            if let Some(rest) = self.rest.strip_prefix("||") {
                self.rest = rest;
            } else {
                self.rest = self.rest.strip_prefix(')').ok_or_else(another)?;
                return Ok(met);
            }
        }
    }

    /// A `$` or `#` that VTL treats as text: nothing follows that could be a name.
    fn literal(&mut self, taken: bool, otherwise: &str) -> Result<(), Refusal> {
        let mut chars = self.rest.chars();
        let sign = chars.next().unwrap_or_default();
        let read = |c: char| c.is_ascii_alphabetic() || "{!_#*[@".contains(c);
        if chars.clone().next().is_some_and(read) {
            return Err(unknown(otherwise));
        }
        if taken {
            self.text.push(sign);
        }
        self.rest = chars.as_str();
        Ok(())
    }

    fn swallow(&mut self) {
        if let Some(end) = self.patterns.line_end.find(self.rest) {
            self.rest = self.after(end.end());
        }
    }

    fn after(&self, at: usize) -> &'a str {
        self.rest.get(at..).unwrap_or_default()
    }
}

#[cfg(test)]
#[path = "template_tests.rs"]
mod tests;
