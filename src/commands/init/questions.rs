//! The questions of `gen init`, to a person at a terminal. An answer that breaks a rule is asked for again.

use std::io::{BufRead, Write};

use super::super::Failure;
use super::answers::{Answers, Environment, slug};
use super::text::{LOAD_BALANCER, MAX, MIN, TARGET_GROUP};
use crate::diagnostic::Code;
use crate::plan::units::{AccountId, Invalid, Region, Slug, TargetValue, Tasks};

/// Who answers.
pub(super) struct Person<'p> {
    pub(super) input: &'p mut dyn BufRead,
    pub(super) err: &'p mut dyn Write,
}

impl Person<'_> {
    /// The name of the project.
    pub(super) fn project(&mut self) -> Result<Slug, Failure> {
        self.ask("Project", "", slug("project"))
    }

    /// Everything that flags have not said.
    pub(super) fn complete(&mut self, answers: &mut Answers) -> Result<(), Failure> {
        if answers.environments.is_empty() {
            answers.environments = self.environments()?;
        }
        if answers.services.is_empty() {
            answers.services = self.names("Service", slug("service"))?;
        }
        if answers.min.is_none() {
            answers.min = Some(self.ask("Fewest tasks", MIN, whole(Tasks::parse))?);
        }
        if answers.max.is_none() {
            answers.max = Some(self.ask("Most tasks", MAX, whole(Tasks::parse))?);
        }
        if answers.cpu.is_none() {
            let question = "CPU to keep, in per cent of what tasks reserve";
            answers.cpu = Some(self.ask(question, "70", number(TargetValue::percent))?);
        }
        self.balanced(answers)
    }

    fn balanced(&mut self, answers: &mut Answers) -> Result<(), Failure> {
        if answers.requests.is_none() {
            let question = "Requests a task serves in a minute (none: no load balancer)";
            let none = |said: &str| (said == "none").then_some(Ok(None));
            let target = |said: &str| number(TargetValue::requests)(said).map(Some);
            answers.requests =
                self.ask(question, "none", |said| none(said).unwrap_or_else(|| target(said)))?;
        }
        if answers.requests.is_none() {
            return Ok(());
        }
        let text = |said: &str| Ok(said.to_owned());
        if answers.load_balancer.is_none() {
            answers.load_balancer = Some(self.ask("Load balancer", LOAD_BALANCER, text)?);
        }
        if answers.target_group.is_none() {
            answers.target_group = Some(self.ask("Target group", TARGET_GROUP, text)?);
        }
        Ok(())
    }

    fn environments(&mut self) -> Result<Vec<Environment>, Failure> {
        let names = self.names("Environment", slug("environment"))?;
        let located = names.into_iter().map(|name| {
            let account = self.ask(&format!("AWS account of {name}"), "", AccountId::parse)?;
            let region = self.ask(&format!("AWS region of {name}"), "", Region::parse)?;
            Ok(Environment { name, account, region })
        });
        located.collect()
    }

    /// One name at least; an empty answer ends the list.
    fn names(
        &mut self,
        what: &str,
        check: impl Fn(&str) -> Result<Slug, Invalid>,
    ) -> Result<Vec<Slug>, Failure> {
        let mut names = vec![self.ask(what, "", &check)?];
        let another = format!("Another {} (empty: no more)", what.to_lowercase());
        loop {
            let more = |said: &str| match said {
                "" => Ok(None),
                said => unlike(&names, check(said)?).map(Some),
            };
            match self.ask(&another, "", more)? {
                None => return Ok(names),
                Some(name) => names.push(name),
            }
        }
    }

    fn ask<T>(
        &mut self,
        question: &str,
        default: &str,
        check: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Result<T, Failure> {
        loop {
            let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
            write!(self.err, "{question}{shown}: ")?;
            self.err.flush()?;
            let mut line = String::new();
            if self.input.read_line(&mut line)? == 0 {
                writeln!(self.err)?;
                return Err(Failure::Usage("the answers ended; nothing was written".to_owned()));
            }
            let said = line.trim();
            match check(if said.is_empty() { default } else { said }) {
                Ok(value) => return Ok(value),
                Err(invalid) => writeln!(self.err, "  {}: {}", invalid.message, invalid.help)?,
            }
        }
    }
}

fn unlike(names: &[Slug], name: Slug) -> Result<Slug, Invalid> {
    if !names.contains(&name) {
        return Ok(name);
    }
    Err(Invalid::new(Code::DuplicateKey, format!("`{name}` is there already"), "choose another name"))
}

fn whole<T>(check: impl Fn(i64) -> Result<T, Invalid>) -> impl Fn(&str) -> Result<T, Invalid> {
    move |said| said.parse().map_err(|_| no_number(said)).and_then(&check)
}

fn number<T>(check: impl Fn(f64) -> Result<T, Invalid>) -> impl Fn(&str) -> Result<T, Invalid> {
    move |said| said.parse().map_err(|_| no_number(said)).and_then(&check)
}

fn no_number(said: &str) -> Invalid {
    Invalid::new(Code::WrongType, format!("{said:?} is not a number"), "write digits, without a unit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(answers: &mut Answers, input: &str) -> (Result<(), Failure>, String) {
        let (mut input, mut err) = (input.as_bytes(), Vec::new());
        let result = Person { input: &mut input, err: &mut err }.complete(answers);
        (result, String::from_utf8(err).unwrap())
    }

    #[test]
    fn a_wrong_answer_is_asked_for_again_with_the_rule() {
        let mut answers = Answers::default();
        let input = "Prod\nprod\n\n12\n222222222222\neu-wst-1\neu-west-1\nweb\nweb\n\n\n\n\n\n";
        let (result, said) = asked(&mut answers, input);
        result.unwrap();
        let prod = &answers.environments[0];
        assert_eq!((&*prod.name, &*prod.account, &*prod.region), ("prod", "222222222222", "eu-west-1"));
        assert_eq!(answers.services.len(), 1, "`web` twice is one service");
        assert!(answers.cpu.is_some() && answers.requests.is_none() && answers.load_balancer.is_none());
        for rule in [
            "cannot become a file name",
            "has 12 digits",
            "did you mean `eu-west-1`?",
            "`web` is there already",
        ] {
            assert!(said.contains(rule), "{rule}: {said}");
        }
    }

    #[test]
    fn answers_that_end_end_the_run() {
        let (result, _) = asked(&mut Answers::default(), "prod\n");
        assert!(matches!(result, Err(Failure::Usage(message)) if message.contains("nothing was written")));
    }
}
