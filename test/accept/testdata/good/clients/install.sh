#!/bin/sh
echo "knows it"
