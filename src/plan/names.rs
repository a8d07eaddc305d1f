//! Name patterns: `{environment}-{service}` with its placeholders filled in.

use super::units::Invalid;
use crate::diagnostic::{Code, did_you_mean};

/// Replaces every `{placeholder}` of a pattern by its value.
///
/// # Errors
/// A placeholder that is not among `values`, or a brace without its partner.
pub fn fill(pattern: &str, values: &[(&str, &str)]) -> Result<String, Invalid> {
    let mut name = String::with_capacity(pattern.len() + 32);
    let mut rest = pattern;
    while let Some(at) = rest.find(['{', '}']) {
        let refused = |message, help| Err(Invalid::new(Code::NamePattern, message, help));
        let Some((placeholder, after)) = rest[at..].strip_prefix('{').and_then(|r| r.split_once('}')) else {
            let message = format!("the pattern {pattern:?} has a brace without its partner");
            return refused(message, "write `{environment}`".to_owned());
        };
        let Some((_, value)) = values.iter().find(|(known, _)| *known == placeholder) else {
            let known = values.iter().map(|(known, _)| *known);
            let help = match did_you_mean(placeholder, known.clone()) {
                Some(meant) => format!("did you mean `{{{meant}}}`?"),
                None => {
                    let known: Vec<String> = known.map(|known| format!("`{{{known}}}`")).collect();
                    format!("placeholders here are {}", known.join(", "))
                }
            };
            let message = format!("the pattern {pattern:?} has an unknown placeholder `{{{placeholder}}}`");
            return refused(message, help);
        };
        name.push_str(&rest[..at]);
        name.push_str(value);
        rest = after;
    }
    name.push_str(rest);
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let values = [("environment", "prod"), ("service", "web")];
        assert_eq!(fill("{environment}-{service}-x", &values).unwrap(), "prod-web-x");
        assert_eq!(fill("plain", &values).unwrap(), "plain");
        assert_eq!(fill("{enviroment}", &values).unwrap_err().help, "did you mean `{environment}`?");
        for bad in ["{environment", "a}b", "{}", "{a{service}}"] {
            assert_eq!(fill(bad, &values).unwrap_err().code, Code::NamePattern, "{bad}");
        }
    }
}
