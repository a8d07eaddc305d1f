//! Codes of the spec as a file: encoding and YAML syntax, then unknown keys, missing keys and wrong types.

use super::Code;

codes! {
    /// The spec is not UTF-8 text.
    ///
    /// A byte of another encoding means another letter on another machine, or none, and it would stand in names that AWS
    /// compares byte by byte.
    NotUtf8 = "not-utf8" Error;

    /// The spec is empty or holds only comments.
    ///
    /// An empty file asks for nothing, and generating nothing would delete everything that was generated before.
    EmptySpec = "empty-spec" Error;

    /// The spec is larger than any fleet needs: more bytes, nodes or nesting than the stated limits.
    ///
    /// The limits are far above 10,000 services. They end a run early, with a message, where a wrong file was named or
    /// where a file was made to exhaust the machine that reads it.
    SpecTooLarge = "spec-too-large" Error;

    /// The text is not valid YAML.
    ///
    /// What a text means cannot be judged before it can be read, so nothing behind this place is looked at. The place is
    /// where reading had to stop; the slip is there or on the line above.
    ///
    /// Source: YAML 1.2.2
    YamlSyntax = "yaml-syntax" Error;

    /// The same key stands twice in one mapping; YAML would silently keep one of them.
    ///
    /// Readers disagree about which one wins, and nobody sees that a setting has no effect. The YAML specification asks
    /// for unique keys.
    ///
    /// Source: YAML 1.2.2, Representation Graph, Nodes
    DuplicateKey = "duplicate-key" Error;

    /// A byte order mark before the text; it is ignored.
    ///
    /// Some editors put U+FEFF in front of a file. `gen` reads past it; some other tools take it for a part of the first
    /// key.
    ByteOrderMark = "byte-order-mark" Warning + Fixable;

    /// Windows line ends; they are read as plain ones.
    ///
    /// The spec means the same, but a file whose line ends change with whoever saved it makes diffs of every line.
    CrlfLineEnds = "crlf-line-ends" Warning;

    /// Aliases expand to more nodes than the limit ("billion laughs").
    ///
    /// An alias repeats what its anchor holds, so aliases of aliases grow without bound: ten short lines can ask for a
    /// billion values. No fleet needs that; `defaults` and `services` are the layers to share settings.
    AliasBomb = "alias-bomb" Error;

    // The shape.

    /// A key that the format does not have.
    ///
    /// A mistyped key that is silently ignored is a setting that silently does nothing: `cpus` instead of `cpu` would
    /// leave a service without its CPU policy.
    UnknownKey = "unknown-key" Error;

    /// A value of another type than the format asks for.
    ///
    /// Types are not guessed at, because a guess is wrong in some file: an account id read as a number loses its
    /// leading zeros, and `60` does not say of what.
    WrongType = "wrong-type" Error;

    /// A key that the format requires is not there.
    ///
    /// These are the keys for which no value could be made up: where an environment runs, and in whose account.
    MissingKey = "missing-key" Error;

    /// A value outside what the format allows.
    ///
    /// The format has a fixed list of words here, or a range; the help names it. `gen schema` prints all of them.
    InvalidValue = "invalid-value" Error;

    /// The spec was written for a format version this program does not know.
    ///
    /// A later version may mean something else by the same key, so reading on would be guessing.
    UnsupportedVersion = "unsupported-version" Error;
}
