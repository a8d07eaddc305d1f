//! Codes of suppressions: `# gen: allow(code) reason` comments and `lint.allow`.

use super::Code;

codes! {
    /// Something is allowed that is not found.
    ///
    /// An `allow` that is left behind hides the next finding of its kind, which nobody has judged.
    UnusedAllow = "unused-allow" Warning + Lint + Fixable + OfAllowing;

    /// An `allow` names no rule, or one that cannot be allowed.
    ///
    /// A mistyped code allows nothing, and what was judged is found again. Errors of `gen validate` cannot be allowed: AWS, or
    /// `gen` itself, refuses what they find.
    UnknownAllow = "unknown-allow" Warning + Lint + Fixable + OfAllowing;

    /// An `allow` without a reason.
    ///
    /// Whoever comes next must be able to judge whether the reason still holds, so an `allow` counts only with one.
    AllowWithoutReason = "allow-without-reason" Warning + Lint + OfAllowing;

    /// A comment for `gen` that cannot be read.
    ///
    /// Comments that begin with `gen:` are for `gen lint`, and there is one form of them. Silently passed over, a mistyped one
    /// would look as if it did something.
    MalformedAllow = "malformed-allow" Warning + Lint + OfAllowing;
}
