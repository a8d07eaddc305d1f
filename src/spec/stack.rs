//! What the layers of a spec say at one key, as nodes: nothing is copied.

use super::sourced::Layer;
use crate::diagnostic::Place;
use crate::document::{Entry, Kind, Node};

/// What one layer says at one key.
#[derive(Debug, Clone, Copy)]
pub struct Said<'d> {
    /// Which layer.
    pub layer: Layer,
    /// Where.
    pub place: Place,
    /// What.
    pub node: &'d Node,
}

impl<'d> Said<'d> {
    /// A layer that is not merged with others.
    pub(super) fn root(node: &'d Node) -> Self {
        Self { layer: Layer::Spec, place: node.place(None), node }
    }

    pub(super) fn new(layer: Layer, entry: &'d Entry) -> Self {
        Self { layer, place: place(layer, entry.value(), Some(entry)), node: entry.value() }
    }

    pub(super) fn built_in(node: &'d Node) -> Self {
        Self { layer: Layer::BuiltIn, place: Place::default(), node }
    }

    pub(super) fn below(self, entry: &'d Entry) -> Self {
        Self::new(self.layer, entry)
    }

    pub(super) fn item(self, node: &'d Node) -> Self {
        Self { place: place(self.layer, node, None), node, ..self }
    }

    /// Whether the spec does not say it.
    pub fn is_built_in(&self) -> bool {
        self.layer == Layer::BuiltIn
    }
}

fn place(layer: Layer, node: &Node, entry: Option<&Entry>) -> Place {
    if layer == Layer::BuiltIn { Place::default() } else { node.place(entry) }
}

/// What all layers say at one key, strongest first; the built-in layer is the last.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stack<'d> {
    said: [Option<Said<'d>>; 5],
}

impl<'d> Stack<'d> {
    /// One layer alone.
    pub(super) fn of(said: Said<'d>) -> Self {
        Self { said: [Some(said), None, None, None, None] }
    }

    pub(super) fn from(said: impl Iterator<Item = Said<'d>>) -> Option<Self> {
        let mut stack = Self { said: [None; 5] };
        for (slot, said) in stack.said.iter_mut().zip(said) {
            *slot = Some(said);
        }
        stack.said[0].map(|_| stack)
    }

    /// The strongest: a stack has one at least.
    pub(super) fn top(&self) -> Said<'d> {
        self.said[0].expect("a stack is not empty")
    }

    /// The layer, if no other one says anything.
    pub(super) fn alone(&self) -> Option<Said<'d>> {
        self.said[0].filter(|_| self.said[1].is_none())
    }

    /// All, strongest first.
    pub(super) fn said(&self) -> impl Iterator<Item = Said<'d>> + use<'d> {
        self.said.into_iter().map_while(|said| said)
    }

    /// What the layers say at a key of a mapping. Nothing, if only the built-in layer has something to say that is for those
    /// who ask for it.
    pub(super) fn child(&self, key: &str, root: &Self) -> Option<Self> {
        let below = self.unsettled(key)?;
        let top = below.top();
        if top.is_built_in() && matches!(top.node.kind(), Kind::Sequence(_)) {
            let mut chain = chain(top.node, self, root);
            return chain.next().map(|(said, _)| Self::of(said));
        }
        Some(below)
    }

    pub(super) fn unsettled(&self, key: &str) -> Option<Self> {
        let mut asked = false;
        Self::from(self.said().filter_map(|said| {
            let entry = match said.layer {
                Layer::BuiltIn => built_in_entry(said.node, key, asked),
                _ => said.node.entry(key),
            }?;
            asked = true;
            Some(said.below(entry))
        }))
    }

    /// What the spec says at a dotted path.
    pub(super) fn at(&self, path: &str) -> impl Iterator<Item = Said<'d>> + use<'d> {
        let found = path.split('.').try_fold(*self, |stack, key| stack.unsettled(key));
        found.into_iter().flat_map(|stack| stack.said()).filter(|said| !said.is_built_in())
    }
}

/// `KEY` of the built-in layer; where a stronger layer has the key, also `KEY?`, or `*` for any name.
fn built_in_entry<'d>(node: &'d Node, key: &str, asked: bool) -> Option<&'d Entry> {
    let fits = |entry: &&Entry| match entry.key().strip_suffix('?') {
        Some(optional) => asked && optional == key,
        None => entry.key() == key || (asked && entry.key() == "*"),
    };
    node.entries().iter().find(fits)
}

/// What a list of the built-in layer stands for, strongest first, each with the key that it is said at.
pub(super) fn chain<'d>(
    list: &'d Node,
    parent: &Stack<'d>,
    root: &Stack<'d>,
) -> impl Iterator<Item = (Said<'d>, Option<&'d str>)> + use<'d> {
    let (parent, root) = (*parent, *root);
    list.items().iter().flat_map(move |item| {
        let reference = item.text().and_then(|text| text.strip_prefix('='));
        let Some(reference) = reference else { return vec![(Said::built_in(item), None)] };
        let (path, unless) = match reference.split_once(" unless ") {
            Some((path, sibling)) => (path, parent.at(sibling).next().is_some()),
            None => (reference, false),
        };
        if unless { Vec::new() } else { root.at(path).map(|said| (said, Some(path))).collect() }
    })
}
